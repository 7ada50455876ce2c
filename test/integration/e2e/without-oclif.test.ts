import { readdir, readFile, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pagedTiff, plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();

/** What a command line does in a new folder, besides the time that it takes. */
async function outcomeOf(args: readonly string[], env: Record<string, string>) {
  const cwd = await folder.make('work');
  await folder.write('work/a.tif', await plainTiff());
  await folder.write('work/b.tif', pagedTiff(2));
  await folder.write('work/bad.tif', 'no TIFF');
  await folder.write('work/kept.jpg', 'another file');
  await folder.write('work/debug.env', 'DEBUG=1');
  const { exitCode, stdout, stderr } = await runProgram(args, { cwd, env, input: '' });
  const files = (await readdir(cwd, { recursive: true })).sort();
  const jpegs = files.filter((name) => name.endsWith('.jpg'));
  const bytes = await Promise.all(jpegs.map((name) => readFile(`${cwd}/${name}`, 'base64')));
  await rm(cwd, { recursive: true });
  const timeless = (text: string) =>
    text
      .replace(/[\d.]+ (ms|s|files\/s|MB\/s|MP\/s)\b/g, 'N')
      .replace(/("(?:ms|cpu_seconds|peak_bytes)": ?)[\d.]+/g, '$1N');
  return { exitCode, stdout: timeless(stdout), stderr: timeless(stderr), files, bytes };
}

describe('with and without oclif, a command line does the same', () => {
  it.each<[string, Record<string, string>?]>([
    ['--version'],
    ['-v'],
    ['--version extra'],
    ['convert'],
    ['convert a.tif'],
    ['convert a.tif --quiet'],
    ['convert a.tif -o kept.jpg'],
    ['convert a.tif -fo kept.jpg'],
    ['convert a.tif b.tif --out-dir out -j 1 --effort fast --quality 50'],
    ['convert . -j1 --page all'],
    ['convert b.tif --page all -o -'],
    ['convert -o -- -- a.tif'],
    ['convert a.tif --json'],
    ['convert a.tif --dry-run'],
    ['convert a.tif --json-lines --quiet'],
    ['convert bad.tif'],
    ['convert none.tif'],
    ['convert a.tif --qualty 3'],
    ['convert a.tif --quality 300'],
    ['convert a.tif --jobs two'],
    ['convert a.tif --output'],
    ['convert a.tif --output= '],
    ['convert a.tif -o x.jpg --out-dir y'],
    ['convert a.tif --env-file none'],
    ['convert a.tif --help'],
    ['convert -'],
    ['convert a.tif', { JPEG_QUALITY: '300' }],
    ['convert a.tif', { JPEG_QUALTY: '80', MEMORY_LIMIT_MB: 'much' }],
    ['convert a.tif', { TMPDIR: '/nowhere' }],
  ])('%s %o', async (line, env = {}) => {
    const args = line.split(' ');
    // Any variable of oclif's leaves everything to it.
    const byOclif = await outcomeOf(args, { ...env, OCLIF_TEST: '1' });
    expect(await outcomeOf(args, env)).toEqual(byOclif);
  });

  it('shows where an error comes from if --env-file sets DEBUG', async () => {
    const args = 'convert --files-from none.txt --env-file debug.env'.split(' ');
    for (const env of [{}, { OCLIF_TEST: '1' }]) {
      const { stderr } = await outcomeOf(args, env);
      expect(stderr).toMatch(/^Error: .*none\.txt.*\n\w*Error: .*\n +at /);
    }
  });
});
