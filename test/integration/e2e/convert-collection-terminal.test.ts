import { beforeAll, describe, expect, it } from 'vitest';
import { noisyTiff, pagedTiff } from '../../support/pictures.ts';
import { screenOf } from '../../support/screen.ts';
import { hasTerminal, onTerminal } from '../../support/terminal.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
beforeAll(async () => {
  const tiff = await noisyTiff(400);
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await folder.write(`${name}.tif`, tiff);
  await folder.write('pages.tif', pagedTiff(2));
  await folder.write('broken.tif', 'neither fish nor fowl');
});

const convert = (args = '', columns = 80, env: Readonly<Record<string, string>> = {}) =>
  onTerminal(`convert . -f -j 2 ${args}`, { cwd: folder.root, columns, env });

/** What stays on the screen after all that was shown. */
function endOf(shown: string, columns = 80): string[] {
  const screen = screenOf(columns, 24);
  screen.write(shown);
  return screen.lines();
}

describe.skipIf(!hasTerminal)('convert of a collection on a terminal', () => {
  it('shows progress in a block, results above it, and no block at the end', async () => {
    const shown = await convert();
    expect(shown).toMatch(/[━─]+.* \d\/8 .*\d+ %/);
    expect(shown).toMatch(/ {2}[a-f]\.tif {2}\d+ s/);
    const end = endOf(shown);
    expect(end.filter((line) => line.includes(' → '))).toHaveLength(8);
    expect(end).toContainEqual(expect.stringMatching(/^a\.tif → a\.jpg {2}400 × 400/));
    expect(end).toContainEqual(expect.stringMatching(/^Warning: pages\.tif: Only page 1/));
    expect(end.join('\n')).toMatch(/\nFailed:\n {2}"broken\.tif" /);
    expect(end.join('\n')).not.toMatch(/━|ETA/);
  });

  it('shows the progress of a report’s pictures, and at the end only that it was written', async () => {
    const shown = await convert('--report run.html');
    expect(shown).toMatch(/Writing the report run\.html: \d+ % of its pictures/);
    const [last] = endOf(shown)
      .filter((line) => line !== '')
      .slice(-1);
    expect(last).toMatch(/^\S Writing the report run\.html$/);
  });

  it('fits a narrow terminal', async () => {
    const shown = await convert('', 30);
    const end = endOf(shown, 30).join('\n');
    expect(end).not.toMatch(/━|ETA|\d\/8/);
    expect(end).toContain('8 TIFFs: 7 converted, 1 failed');
  });

  it('writes plain lines where TERM=dumb says that no line can be drawn again', async () => {
    const shown = await convert('', 80, { TERM: 'dumb' });
    expect(shown).toMatch(/^a\.tif → a\.jpg {2}400 × 400/m);
    expect(shown).toContain('8 TIFFs: 7 converted, 1 failed');
    expect(shown).not.toMatch(/\p{Cc}\[|━/u);
  });

  it.each([
    ['NO_COLOR', '', { NO_COLOR: '1' }],
    ['--no-color', '--no-color', {}],
  ])('has no colours with %s', async (_, flag, env) => {
    const shown = await convert(flag, 80, env);
    expect(shown).toMatch(/ \d\/8 /);
    expect(shown).not.toMatch(/\p{Cc}\[\d+m/u);
  });

  it('has no block with --quiet or --json', async () => {
    for (const flag of ['--quiet', '--json']) expect(await convert(flag)).not.toMatch(/ \d\/8 /);
  });
});
