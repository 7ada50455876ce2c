import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { runProgram } from '../../support/program.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

const tiff = makeTiff({
  width: 8,
  height: 8,
  samplesPerPixel: 3,
  photometric: 2,
  bitsPerSample: 16,
  data: Buffer.alloc(8 * 8 * 6),
});

let folder: TestFolder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

const inspect = (args: readonly string[], input: string | Uint8Array) =>
  runProgram(['inspect', ...args], { cwd: folder.root, env: { TMPDIR: folder.root }, input });

describe('inspect -', () => {
  it('inspects a TIFF from stdin, and leaves no file', async () => {
    const { exitCode, stdout } = await inspect(['-'], tiff);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^stdin: TIFF, little-endian, .*\n {2}Page 1\n/);
    expect(stdout).toContain('16-bit samples become 8-bit');
    expect((await readdir(folder.root)).filter((name) => name.startsWith('arke'))).toEqual([]);
  });

  it('inspects stdin among other files, once', async () => {
    await folder.write('scan.tif', tiff);
    const { stdout } = await inspect(['-', 'scan.tif', '-', '--json'], tiff);
    const { files } = JSON.parse(stdout) as { files: { input: string }[] };
    expect(files.map(({ input }) => input)).toEqual(['-', 'scan.tif']);
  });

  it('is either the TIFF or the list of TIFFs', async () => {
    const { exitCode, stderr } = await inspect(['-', '--files-from', '-'], 'scan.tif');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('stdin can be the TIFF (-) or the list (--files-from -), not both');
  });

  it('says what is wrong with the input', async () => {
    const { exitCode, stderr } = await inspect(['-'], '');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Error: "stdin" is empty \(0 bytes\), not a TIFF/);
  });
});
