import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { plainTiff } from '../../support/pictures.ts';
import { runProgram } from '../../support/program.ts';
import { useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  const tiff = await plainTiff();
  await folder.write('good.tif', tiff);
  await folder.write('short.tif', tiff.subarray(0, tiff.length / 2));
  await folder.write('words.tif', 'a text');
  await folder.write('nothing.tif', '');
  await folder.write('broken.tif', 'II*\0 and then nothing that makes sense');
  await folder.write('taken.tif', tiff);
  await folder.write('taken.jpg', 'a picture of others');
  await mkdir(folder.path('box.tif'));
  await mkdir(folder.path('scans/sub.tif'), { recursive: true });
  await writeFile(folder.path('scans/foreign.tif'), tiff);
  await writeFile(folder.path('scans/foreign.jpg'), 'a picture of others');
  await writeFile(folder.path('scans/fax.tif'), 'a text');
  await sandbox.current.putObject('box/there.jpg', Buffer.from('a picture'));
  await sandbox.current.putObject('box/words.tif', Buffer.from('a text'));
  await sandbox.current.putObject('many/fax.tif', Buffer.from('a text'));
  await sandbox.current.putObject('many/foreign.tif', tiff);
  for (const key of ['many/foreign.jpg', 'many/foreign.tif.jpg'])
    await sandbox.current.putObject(key, Buffer.from('a picture of others'));
});
afterAll(() => folder.remove());

/** The line of stderr that tells of it. */
async function errorOf(args: readonly string[], about: RegExp): Promise<string> {
  const env = sandbox.current.environment('batch', 'task', '');
  const { exitCode, stderr } = await runProgram(args, { cwd: folder.root, env });
  expect(exitCode, stderr).toBe(1);
  const lines = stderr.split('\n').filter((line) => about.test(line));
  expect(lines, stderr).not.toEqual([]);
  return lines[0] ?? '';
}

describe('an error names its subject exactly once', () => {
  it.each([
    ['nope.tif', 'convert nope.tif'],
    ['nope.tif', 'convert good.tif nope.tif'],
    ['short.tif', 'convert short.tif'],
    ['words.tif', 'convert words.tif'],
    ['nothing.tif', 'convert words.tif nothing.tif'],
    ['broken.tif', 'convert broken.tif'],
    ['good.tif', 'convert good.tif -o good.tif --force'],
    ['./good.tif', 'convert good.tif -o ./good.tif --force'],
    ['good.png', 'convert good.tif -o good.png'],
    ['box.tif', 'convert good.tif -o box.tif --force'],
    ['lost/good.jpg', 'convert good.tif -o lost/good.jpg'],
    ['taken.jpg', 'convert taken.tif'],
    ['scans/foreign.jpg', 'convert scans'],
    ['scans/fax.tif', 'convert scans'],
    ['good.tif', 'convert good.tif --page 7'],
    ['good.tif', 'convert good.tif --fail-on any --page 1 -o words.tif/x.jpg'],
    ['nope.tif', 'inspect nope.tif'],
    ['words.tif', 'inspect words.tif good.tif'],
    ['broken.tif', 'inspect broken.tif'],
    ['box/none.tif', 'inspect r2://box/none.tif'],
    ['box/words.tif', 'inspect r2://box/words.tif'],
    ['nope.jpg', 'upload nope.jpg'],
    ['nope.jpg', 'upload nope.jpg good.tif --prefix up/'],
    ['box.tif', 'upload box.tif'],
    ['box/there.jpg', 'upload good.tif --key box/there.jpg'],
    ['box/words.tif', 'upload good.tif --key box/words.tif --force'],
    ['box/./x.tif', 'upload good.tif --key box/./x.tif'],
    ['box/none.tif', 'download box/none.tif'],
    ['good.tif', 'download box/good.tif'],
    ['box/../x.tif', 'download box/../x.tif -o x.tif'],
    ['many/fax.tif', 'batch many'],
    ['many/foreign.tif', 'batch many'],
    ['nope.json', 'callback --data @nope.json --url http://127.0.0.1:9'],
  ])('%s: %s', async (name, command) => {
    const line = await errorOf(command.split(' '), new RegExp(`Error:.*${escaped(name)}`));
    const others = ['many/foreign.tif.jpg', 'box/good.tif', 'box.tif/*.jpg'];
    const alone = others.reduce((all, other) => all.replaceAll(other, ''), line);
    expect(alone.split(name).length - 1, line).toBe(1);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
