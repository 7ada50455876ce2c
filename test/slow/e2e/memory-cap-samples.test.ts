import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSampledTiff } from '../../../bench/make-sampled-tiff.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { makeCap, noCapBecause } from '../../support/memory-cap.ts';

const program = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));
const reason = noCapBecause();
let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

/** Of its floats the cap could not hold those of one strip beside the program: 240 MB. */
const base = { megapixels: 20, samples: 3, type: 'float32', compression: 'none' } as const;

describe(`in 384 MB of memory${reason ? ` (not tried here: ${reason})` : ''}`, () => {
  it.skipIf(reason).each([
    ['one strip', { ...base, layout: 'one strip' }],
    ['Deflate tiles', { ...base, layout: 'tiles', compression: 'deflate' }],
  ] as const)('20 megapixels of floats become a JPEG: %s', async (_, spec) => {
    const input = folder.path('floats.tif');
    await writeSampledTiff(input, spec);
    await using cap = makeCap({ megabytes: 384 });
    const [command, ...args] = cap.wrap([process.execPath, program, 'convert', input]);
    const out = ['--output', folder.path('floats.jpg'), '--force', '--json'];
    const { exitCode, stdout, stderr } = await execa(command, [...args, ...out], {
      env: { PATH: process.env['PATH'], TMPDIR: folder.root },
      extendEnv: false,
      reject: false,
    });
    expect(exitCode, `${stdout}${stderr}`).toBe(0);
    expect(cap.oomKills()).toBe(0);
    expect((await stat(folder.path('floats.jpg'))).size).toBeGreaterThan(100_000);
  });
});
