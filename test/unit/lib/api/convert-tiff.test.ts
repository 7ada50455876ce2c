import { link, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ConvertOptions, convertTiff } from '../../../../src/lib/api/convert-tiff.ts';
import { FileError, OptionsError } from '../../../../src/lib/errors.ts';
import { makeFolder, type TestFolder } from '../../../support/folder.ts';
import { plainTiff } from '../../../support/pictures.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';

let folder: TestFolder;
let master: string;
let tiff: Buffer;
beforeEach(async () => {
  folder = await makeFolder();
  tiff = Buffer.from(await plainTiff());
  master = await folder.write('master.tif', tiff);
  return () => folder.remove();
});

describe('the library never destroys a TIFF', () => {
  const outputs: Record<string, () => Promise<string>> = {
    'the input itself': async () => master,
    'a symbolic link to the input': async () => {
      await symlink('master.tif', folder.path('link.jpg'));
      return folder.path('link.jpg');
    },
    'a hard link to the input': async () => {
      await link(master, folder.path('hard.jpg'));
      return folder.path('hard.jpg');
    },
    'another TIFF': () => folder.write('other.tif', tiff),
    'another TIFF that is called a JPEG': () => folder.write('other.jpg', tiff),
    'a link to another TIFF': async () => {
      await folder.write('other.tif', tiff);
      await symlink('other.tif', folder.path('to-other.jpg'));
      return folder.path('to-other.jpg');
    },
  };

  it.each(Object.entries(outputs))(
    'when its output is %s, with overwrite or without',
    async (_, make) => {
      const output = await make();
      const names = await readdir(folder.root);
      for (const overwrite of [true, false])
        await expect(convertTiff(master, output, { overwrite })).rejects.toThrow(/^Not written: /);
      expect(await readFile(output)).toEqual(tiff);
      expect(await readFile(master)).toEqual(tiff);
      expect(await readdir(folder.root)).toEqual(names);
    },
  );
});

describe('a remedy', () => {
  it('is an option when memory is too little, with the limit that was given', async () => {
    const refused = convertTiff(master, folder.path('out.jpg'), { memoryBytes: 1000 });
    await expect(refused).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    await expect(refused).rejects.toThrow('limit 1000 bytes. Raise memoryBytes where it is set');
    await expect(refused).rejects.not.toThrow(/memory_mb|MEMORY_LIMIT_MB/);
  });

  it('is a function and its option when pages remain', async () => {
    const page = {
      width: 8,
      height: 8,
      samplesPerPixel: 1,
      photometric: 1,
      data: Buffer.alloc(64),
    };
    const two = await folder.write('two.tif', makeTiff(page, page));
    const { notes } = await convertTiff(two, folder.path('two.jpg'));
    expect(notes.map(({ message }) => message)).toEqual([
      "Only page 1 of 2 is converted (convertCollection with pages: 'all' converts all)",
    ]);
  });

  it('is to name a file when the input is a folder', async () => {
    await mkdir(folder.path('dir.jpg'));
    await expect(convertTiff(folder.path('dir.jpg'), folder.path('out.jpg'))).rejects.toThrow(
      'Could not read "dir.jpg": illegal operation on a directory (EISDIR). It is a folder: name a file in it.',
    );
  });
});

describe('an existing file', () => {
  it('is replaced only with overwrite, and the error says so', async () => {
    const output = await folder.write('out.jpg', 'precious');
    const refused = await convertTiff(master, output).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FileError);
    expect(String(refused)).toContain('exists. Use overwrite: true to replace it');
    expect(await readFile(output, 'utf8')).toBe('precious');
    const { bytes } = await convertTiff(master, output, { overwrite: true });
    expect(await readFile(output)).toHaveLength(bytes);
  });

  it('is unchanged when the conversion fails', async () => {
    const broken = await folder.write('broken.tif', tiff.subarray(0, tiff.length / 2));
    const output = await folder.write('out.jpg', 'precious');
    await expect(convertTiff(broken, output, { overwrite: true })).rejects.toThrow('broken.tif');
    expect(await readFile(output, 'utf8')).toBe('precious');
    expect((await readdir(folder.root)).sort()).toEqual(['broken.tif', 'master.tif', 'out.jpg']);
  });
});

describe('wrong options', () => {
  it.each([
    [{ quality: 500 }, 'quality must be a whole number from 1 to 100, not 500'],
    [{ quality: '90' }, "quality must be a whole number from 1 to 100, not '90'"],
    [{ page: 0 }, 'page must be a whole number from 1 to 999999999, not 0'],
    [{ effort: 'best' }, "effort must be auto or max or balanced or fast, not 'best'"],
    [{ background: 'mauve' }, "background must be white, black or #rrggbb, not 'mauve'"],
    [{ memoryBytes: Number.NaN }, 'memoryBytes must be a number above 0, not NaN'],
    [{ signal: {} }, 'signal must be an AbortSignal, not {}'],
    [{ qualty: 90 }, 'qualty is not an option'],
    [{ toString: 1 }, 'toString is not an option'],
    [
      { quality: 0, overwrite: 'yes' },
      "quality must be a whole number from 1 to 100, not 0; overwrite must be true or false, not 'yes'",
    ],
  ])('are all reported before anything is read: %j', async (options, message) => {
    const wrong: ConvertOptions = Object(options);
    const error = await convertTiff('missing.tif', folder.path('out.jpg'), wrong).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toEqual(new OptionsError(message.split('; ')));
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS' });
  });

  it('include paths and options that are none', async () => {
    const call = (...args: unknown[]) => Reflect.apply(convertTiff, undefined, args);
    await expect(call('', 1)).rejects.toMatchObject({
      problems: [
        "input must be a non-empty text, not ''",
        'output must be a non-empty text, not 1',
      ],
    });
    await expect(call('a.tif', 'a.jpg', 90)).rejects.toThrow(
      'Invalid options: the options must be an object, not 90.',
    );
  });
});

describe('an output whose name is not that of a JPEG', () => {
  it.each(['out.png', 'out.tif', 'jpg.d/out.webp'])('is refused: %s', async (name) => {
    await expect(convertTiff(master, folder.path(name))).rejects.toThrow(
      'Choose a name that ends in .jpg, .jpeg or .jpe',
    );
    expect(await readdir(folder.root)).toEqual(['master.tif']);
  });
});
