import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { hasTerminal, onTerminal as runOnTerminal } from '../../support/terminal.ts';
import { makeTiff } from '../../support/tiff-writer.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  const page = {
    width: 16,
    height: 8,
    samplesPerPixel: 1,
    photometric: 1,
    data: Buffer.alloc(128),
  };
  await folder.write('scan.tif', makeTiff(page, page));
});
afterAll(() => folder.remove());

/** Runs the program on a terminal of usual size, in the folder of the tests. */
const onTerminal = (args: string, env: Record<string, string> = {}) =>
  runOnTerminal(args, { cwd: folder.root, env });

const COLOUR = '\u001b[3';

describe.skipIf(!hasTerminal)('on a terminal', () => {
  it('progress is a spinner, results, warnings and colours are shown', async () => {
    const shown = await onTerminal('convert scan.tif --force');
    expect(shown).toContain('✔');
    expect(shown).toContain(`${COLOUR}3mWarning:`);
    expect(shown).toContain('scan.tif → scan.jpg  16 × 8');
  });

  it.each([
    ['NO_COLOR', '', { NO_COLOR: '1' }],
    ['--no-color', '--no-color', {}],
  ])('there are no colours with %s', async (_, flag, env) => {
    const shown = await onTerminal(`convert scan.tif --force ${flag}`, env);
    expect(shown).toContain('Warning: ');
    expect(shown).not.toContain(COLOUR);
  });

  it('errors are shown with what to do, and the spinner ends', async () => {
    const shown = await onTerminal('convert nowhere.tif');
    expect(shown).toContain('✖');
    expect(shown).toContain('nowhere.tif');
    expect(shown).toContain('Check the path');
  });

  it('a file name cannot control the terminal', async () => {
    const shown = await onTerminal(`convert $'no\\e[31mwhere.tif'`, { SHELL: '/bin/bash' });
    expect(shown).toContain('no\\u001b[31mwhere.tif');
    expect(shown).not.toContain('no\u001b[31mwhere');
  });

  it('binary output to it is refused', async () => {
    expect(await onTerminal('convert scan.tif -o -')).toContain('stdout is a terminal');
  });

  it('there is no spinner with --quiet', async () => {
    const shown = await onTerminal('convert scan.tif --force --quiet');
    expect(shown).not.toContain('✔');
    expect(shown).toContain('scan.tif → scan.jpg');
  });
});
