import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planOutputs } from '../../../../src/lib/collection/outputs.ts';
import { type PagesSetting, parsePages } from '../../../../src/lib/convert/pages.ts';
import { pageName } from '../../../../src/lib/jpeg-name.ts';
import { grey } from '../../../support/paged-tiffs.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

/** The JPEGs of TIFFs that lie in `in` (and need not be there), and what is said of them. */
async function plan(
  names: readonly string[],
  { outDir, pages = 'first' }: { outDir?: string; pages?: PagesSetting } = {},
): Promise<{ outputs: string[]; messages: string[] }> {
  const found = names.map((name) => ({ input: `in/${name}`, name }));
  const { conversions, warnings } = await planOutputs(found, { outDir, pages });
  expect(conversions.map(({ input }) => input)).toEqual(found.map(({ input }) => input));
  expect(new Set(warnings.map(({ code }) => code)).size).toBeLessThan(2);
  return {
    outputs: conversions.map(({ output }) => output),
    messages: warnings.map(({ message }) => message),
  };
}

describe('the JPEG of a TIFF', () => {
  it('lies beside it, or in its place below another folder', async () => {
    const names = ['a.tif', 'sub/b.TIFF', 'c', 'd.dat'];
    expect((await plan(names)).outputs).toEqual([
      ...['in/a.jpg', 'in/sub/b.jpg', 'in/c.jpg', 'in/d.dat.jpg'],
    ]);
    expect((await plan(names, { outDir: 'out' })).outputs).toEqual([
      ...['out/a.jpg', 'out/sub/b.jpg', 'out/c.jpg', 'out/d.dat.jpg'],
    ]);
  });

  it('includes the TIFF’s ending when the usual name is taken, which is reported', async () => {
    const { outputs, messages } = await plan(['a.tif', 'a.tiff', 'b.tif']);
    expect(outputs).toEqual(['in/a.jpg', 'in/a.tiff.jpg', 'in/b.jpg']);
    expect(messages).toEqual([
      'in/a.tiff becomes in/a.tiff.jpg, because in/a.jpg is the JPEG of in/a.tif.',
    ]);
  });

  it('gets a number when that name is taken, too', async () => {
    const found = ['x', 'y', 'z'].map((box) => ({ input: `${box}/a.tif`, name: 'a.tif' }));
    const { conversions } = await planOutputs(found, { outDir: 'out', pages: 'first' });
    expect(conversions.map(({ output }) => output)).toEqual([
      ...['out/a.jpg', 'out/a.tif.jpg', 'out/a.tif.2.jpg'],
    ]);
    expect((await plan(['a', 'a.tif', 'a.tif.tif', 'a.tif.tiff'])).outputs).toEqual([
      ...['in/a.jpg', 'in/a.tif.jpg', 'in/a.tif.tif.jpg', 'in/a.tif.tiff.jpg'],
    ]);
    expect((await plan(['a.tif', 'A'])).outputs).toEqual(['in/a.jpg', 'in/A.2.jpg']);
  });

  it.each([
    ['cases', 'a.tif', 'A.TIF', 'in/A.TIF.jpg'],
    ['cases of letters beyond ASCII', 'ä.tif', 'Ä.tiff', 'in/Ä.tiff.jpg'],
    ['letters that are composed', '\u00e9.tif', 'e\u0301.tif', 'in/e\u0301.tif.jpg'],
    ['both', 'E\u0301.tif', '\u00e9.tif', 'in/\u00e9.tif.jpg'],
  ])('does not collide with another if %s are the same name', async (_, first, second, output) => {
    const { outputs, messages } = await plan([first, second]);
    expect(outputs[1]).toBe(output);
    expect(messages).toHaveLength(1);
  });

  it('never gets the name of a TIFF of the run, wherever that is in the order', async () => {
    for (const names of [
      ['x.tif', 'x.jpg'],
      ['x.jpg', 'x.tif'],
    ]) {
      const { outputs, messages } = await plan(names);
      expect(outputs.toSorted()).toEqual(['in/x.jpg.jpg', 'in/x.tif.jpg']);
      expect(messages).toEqual([
        'in/x.tif becomes in/x.tif.jpg, because in/x.jpg is an input of this run.',
      ]);
    }
    expect((await plan(['x.tif', 'X.JPG'], { outDir: 'in' })).outputs[0]).toBe('in/x.tif.jpg');
    expect((await plan(['x.tif', 'x.jpg'], { outDir: 'out' })).outputs[0]).toBe('out/x.jpg');
  });

  it('of a missing folder is named like that of a file', async () => {
    expect((await plan(['no/', 'no//x/'])).outputs).toEqual(['in/no.jpg', 'in/no//x.jpg']);
    expect((await plan(['no/'], { outDir: 'out' })).outputs).toEqual(['out/no.jpg']);
  });

  it('may have the name of a page between the listed ones, but not of a listed one', async () => {
    const pages = parsePages('1,4');
    const names = ['a.tif', 'a.page-3.tif', 'b.page-2.tif', 'b.page-3.tif', 'b.tif'];
    expect((await plan(names, { pages })).messages).toEqual([]);
    expect((await plan(['a.tif', 'a.page-4.tif'], { pages })).messages).toEqual([
      'in/a.page-4.tif becomes in/a.page-4.tif.jpg, because in/a.page-4.jpg is the JPEG of page 4 of in/a.tif.',
    ]);
    expect((await plan(['a.page-3.tif', 'a.page-4.tif', 'a.tif'], { pages })).messages).toEqual([
      'in/a.tif becomes in/a.tif.jpg, because in/a.page-4.jpg is the JPEG of in/a.page-4.tif.',
    ]);
  });

  it('may have the name of a further page if only one page is converted', async () => {
    for (const pages of ['first', 2] as const)
      expect((await plan(['a.tif', 'a.page-2.tif'], { pages })).messages).toEqual([]);
  });
});

describe('the JPEGs of all pages', () => {
  const pages = 'all';
  const tiffs = async (name: string, counts: Record<string, number>, order?: string[]) => {
    const box = folder.path(name);
    await folder.make(name);
    for (const [tiff, count] of Object.entries(counts))
      await folder.write(
        `${name}/${tiff}`,
        makeTiff(...Array.from({ length: count }, (_, i) => grey(4, 4, i))),
      );
    const found = (order ?? Object.keys(counts)).map((tiff) => ({
      input: join(box, tiff),
      name: tiff,
    }));
    const { conversions, warnings } = await planOutputs(found, { outDir: 'out', pages });
    return {
      outputs: conversions.map(({ output }) => output),
      messages: warnings.map(({ message }) => message.replaceAll(`${box}/`, '')),
    };
  };

  it('do not collide with the JPEG of a TIFF that is named like one of them', async () => {
    const { outputs, messages } = await tiffs('later', { 'a.tif': 3, 'a.page-2.tif': 1 });
    expect(outputs).toEqual(['out/a.jpg', 'out/a.page-2.tif.jpg']);
    expect(messages).toEqual([
      'a.page-2.tif becomes out/a.page-2.tif.jpg, because out/a.page-2.jpg is the JPEG of page 2 of a.tif.',
    ]);
  });

  it('get other names if such a TIFF comes first', async () => {
    const { outputs, messages } = await tiffs('earlier', {
      'A.PAGE-3.tif': 1,
      'a.page-2.tif': 1,
      'a.tif': 2,
    });
    expect(outputs).toEqual(['out/A.PAGE-3.jpg', 'out/a.page-2.jpg', 'out/a.tif.jpg']);
    expect(messages).toEqual([
      'a.tif becomes out/a.tif.jpg, because out/a.page-2.jpg is the JPEG of a.page-2.tif.',
    ]);
  });

  it('keep their names if there are fewer pages', async () => {
    for (const [box, names] of [
      ['few', ['a.tif', 'a.page-3.tif']],
      ['few-too', ['a.page-3.tif', 'a.tif']],
    ] as const) {
      const counts = { 'a.tif': 2, 'a.page-3.tif': 1 };
      expect((await tiffs(box, counts, [...names])).messages).toEqual([]);
    }
  });

  it('do not take the alternative name of a JPEG that they displace', async () => {
    const counts = { 'a.tif': 2, 'a.page-2.tif': 1, 'a.page-2.tif.tif': 1 };
    const { outputs } = await tiffs('chain', counts);
    expect(outputs).toEqual(['out/a.jpg', 'out/a.page-2.tif.jpg', 'out/a.page-2.tif.tif.jpg']);
  });

  it('never get the name of a TIFF of the run', async () => {
    const box = folder.path('sources');
    await folder.make('sources');
    const input = await folder.write('sources/a.tif', makeTiff(grey(4, 4, 1), grey(4, 4, 2)));
    const found = [
      { input, name: 'a.tif' },
      { input: join(box, 'a.page-2.jpg'), name: 'a.page-2.jpg' },
    ];
    const { conversions } = await planOutputs(found, { pages });
    expect(conversions[0]?.output).toBe(join(box, 'a.tif.jpg'));
  });

  it('never collide, whatever the names of TIFFs', async () => {
    const stems = ['a', 'A', 'a.page-2', 'a.PAGE-3', 'a.page-2.page-2', '\u00e9', 'e\u0301.page-2'];
    const endings = ['.tif', '.TIFF', '.jpg', '', '.tif.jpg', '.2', '.tif.page-2.jpg'];
    const names = fc.constantFrom(...stems.flatMap((stem) => endings.map((end) => stem + end)));
    const counted = fc.tuple(names, fc.integer({ min: 1, max: 4 }));
    const keyOf = (path: string) => path.normalize('NFC').toLowerCase();
    const tiffs = fc.uniqueArray(counted, { selector: ([name]) => keyOf(name), maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(tiffs, async (files) => {
        const counts = new Map(files.map(([name, count]) => [`in/${name}`, count]));
        const found = files.map(([name]) => ({ input: `in/${name}`, name }));
        const count = async (input: string) => counts.get(input) ?? 0;
        const { conversions } = await planOutputs(found, { pages }, count);
        const jpegs = conversions.flatMap(({ input, output }) =>
          Array.from({ length: counts.get(input) ?? 0 }, (_, i) => pageName(output, i + 1)),
        );
        const all = [...jpegs, ...counts.keys()].map(keyOf);
        expect(new Set(all).size).toBe(all.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('are not looked for beside a TIFF that is called as a JPEG', async () => {
    const found = ['a.jpg', 'a.page-2.tif'].map((name) => ({ input: `in/${name}`, name }));
    const { conversions, warnings } = await planOutputs(found, { pages }, async () => 2);
    expect(conversions.map(({ output }) => output)).toEqual(['in/a.jpg.jpg', 'in/a.page-2.jpg']);
    expect(warnings).toEqual([]);
  });

  it('have their usual names if a TIFF cannot be read, which its conversion reports', async () => {
    const { outputs } = await plan(['gone.tif', 'gone.page-2.tif'], { pages });
    expect(outputs).toEqual(['in/gone.jpg', 'in/gone.page-2.jpg']);
  });
});
