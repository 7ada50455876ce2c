import { link, mkdir, readdir, readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CollectionInput } from '../../../../src/lib/api/collection-input.ts';
import { convertCollection } from '../../../../src/lib/api/convert-collection.ts';
import type { CollectionEvent } from '../../../../src/lib/collection/events.ts';
import { OptionsError } from '../../../../src/lib/errors.ts';
import { makeFolder, type TestFolder } from '../../../support/folder.ts';
import { plainTiff } from '../../../support/pictures.ts';

let folder: TestFolder;
let tiff: Buffer;
beforeEach(async () => {
  folder = await makeFolder();
  tiff = Buffer.from(await plainTiff());
  await folder.write('a.tif', tiff);
  return () => folder.remove();
});

async function run(...args: Parameters<typeof convertCollection>) {
  const events: CollectionEvent[] = [];
  for await (const event of convertCollection(...args)) events.push(event);
  const ends = events.filter((event) => event.event === 'file.ended');
  const last = events.at(-1);
  if (last?.event !== 'collection.ended') throw new Error('The run has no end.');
  return { events, ends, summary: last };
}

describe('convertCollection', () => {
  it('needs only its inputs: a file is converted to a JPEG beside it', async () => {
    const { summary } = await run([folder.path('a.tif')]);
    expect(summary).toMatchObject({ files: 1, converted: 1, failed: 0 });
    expect((await readdir(folder.root)).sort()).toEqual(['.arke-tiff.jsonl', 'a.jpg', 'a.tif']);
  });

  it('accepts folders as the command does, and skips what is up to date', async () => {
    await mkdir(folder.path('sub'));
    await folder.write('sub/b.tif', tiff);
    const options = { recursive: true, outDir: folder.path('out') };
    expect((await run([folder.root], options)).summary).toMatchObject({ converted: 2 });
    expect((await readdir(folder.path('out'), { recursive: true })).sort()).toEqual(
      expect.arrayContaining(['a.jpg', 'sub/b.jpg']),
    );
    expect((await run([folder.root], options)).summary).toMatchObject({ converted: 0, skipped: 2 });
  });

  it('accepts a TIFF with the path of its JPEG, and names the JPEGs of others around it', async () => {
    const pair = { input: folder.path('a.tif'), output: folder.path('b.jpg') };
    await folder.write('b.tif', tiff);
    const { ends, events } = await run([folder.path('b.tif'), pair], { record: false });
    expect(ends.map(({ output }) => output).sort()).toEqual(
      [folder.path('b.jpg'), folder.path('b.tif.jpg')].sort(),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ event: 'collection.warning', code: 'NAME_CLASH' }),
    );
    expect(await readdir(folder.root)).not.toContain('.arke-tiff.jsonl');
  });

  it('converts nothing for no inputs', async () => {
    expect((await run([])).summary).toMatchObject({ files: 0, failed: 0 });
  });

  it('never replaces a TIFF, nor another file without overwrite', async () => {
    await folder.write('master.tif', tiff);
    await link(folder.path('master.tif'), folder.path('hard.jpg'));
    await folder.write('other.jpg', 'precious');
    const to = (output: string): CollectionInput[] => [
      { input: folder.path('a.tif'), output: folder.path(output) },
    ];
    for (const overwrite of [true, false])
      expect((await run(to('hard.jpg'), { overwrite })).ends).toMatchObject([
        { status: 'failed', error: { code: 'FILE' } },
      ]);
    expect(await readFile(folder.path('master.tif'))).toEqual(tiff);
    const { ends } = await run(to('other.jpg'));
    expect(ends).toMatchObject([
      {
        error: {
          message: expect.stringContaining(
            'skipExisting: true keeps existing JPEGs, overwrite: true replaces them.',
          ),
        },
      },
    ]);
    expect(await readFile(folder.path('other.jpg'), 'utf8')).toBe('precious');
    expect((await run(to('x.png'))).ends).toMatchObject([
      { status: 'failed', error: { code: 'FILE' } },
    ]);
    expect((await run(to('other.jpg'), { overwrite: true })).summary.converted).toBe(1);
  });

  it('refuses outputs that meet each other or a TIFF of the run', async () => {
    await folder.write('b.tif', tiff);
    const [a, b, out] = ['a.tif', 'b.tif', 'out.jpg'].map((name) => folder.path(name));
    const meeting = run([
      { input: a ?? '', output: out },
      { input: b ?? '', output: out },
    ]);
    await expect(meeting).rejects.toThrow(
      `Invalid options: output ${out} of ${b} cannot be used, because ${out} is the JPEG of ${a}.`,
    );
    await expect(run([{ input: a ?? '', output: b }, b ?? ''])).rejects.toThrow(
      'is an input of this run',
    );
    expect((await readdir(folder.root)).sort()).toEqual(['a.tif', 'b.tif']);
  });

  it('lists all wrong options and inputs at the call', () => {
    const call = (...args: unknown[]) => Reflect.apply(convertCollection, undefined, args);
    const problemsOf = (...args: unknown[]) => {
      try {
        call(...args);
      } catch (error) {
        return error instanceof OptionsError ? error.problems : error;
      }
      return [];
    };
    expect(problemsOf('a.tif')).toEqual(['inputs must be a list of paths']);
    expect(
      problemsOf(['a.tif', '', { output: 'b.jpg' }, 7], { jobs: 0, verify: 'yes', force: true }),
    ).toEqual([
      "inputs[1].input must be a non-empty text, not ''",
      'inputs[2].input is missing',
      'inputs[3] must be a path, or an object with a path as its input, not 7',
      "verify must be true or false, not 'yes'",
      'jobs must be a whole number from 1 to 10000, not 0',
      'force is not an option',
    ]);
  });

  it('says that a pattern is empty as a wrong option', async () => {
    await expect(run([folder.root], { include: ['!'] })).rejects.toBeInstanceOf(OptionsError);
  });
});
