import { copyFile, mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTiffFile } from '../../../bench/make-tiff.ts';
import type { TiffSpec } from '../../../bench/tiff-spec.ts';
import type { CollectionEvent } from '../../../src/lib/collection/events.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { makeCap, noCapBecause } from '../../support/memory-cap.ts';

const program = fileURLToPath(new URL('../../../bin/run.js', import.meta.url));
const reason = noCapBecause();
let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const scan = { kind: 'rgb', bits: 8, layout: 'strips', orientation: 1 } as const;
const giant: TiffSpec = { ...scan, megapixels: 100, compression: 'none' };
const small: TiffSpec = { ...scan, megapixels: 4, compression: 'lzw' };
const SMALL = 12;

/** In the middle of the others, so that it neither begins nor ends the run. */
const GIANT = 'scan-06b.tif';

/** Too little for the giant at its best, and for as many small ones as are asked for. */
const CAP_MB = 512;

describe(`a folder under a hard cap${reason ? ` (not tried here: ${reason})` : ''}`, () => {
  it.skipIf(reason)(
    'with a giant among small ones is converted, and nothing is killed',
    async () => {
      const root = folder.path('scans');
      await mkdir(root);
      await makeTiffFile(`${root}/${GIANT}`, giant);
      await makeTiffFile(`${root}/scan-00.tif`, small);
      for (let n = 1; n < SMALL; n++)
        await copyFile(`${root}/scan-00.tif`, `${root}/scan-${String(n).padStart(2, '0')}.tif`);
      await using cap = makeCap({ megabytes: CAP_MB, cpus: 2 });
      const [command, ...args] = cap.wrap([process.execPath, program, 'convert', root]);
      const flags = ['--out-dir', folder.path('out'), '--json-lines', '--jobs', '6'];
      const { exitCode, stdout, stderr } = await execa(command, [...args, ...flags], {
        env: { PATH: process.env['PATH'], TMPDIR: folder.root },
        extendEnv: false,
        reject: false,
      });
      expect(exitCode, `${stdout}${stderr}`).toBe(0);
      expect(cap.oomKills(), stdout).toBe(0);
      const events = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as CollectionEvent);
      const ended = events.filter((event) => event.event === 'file.ended');
      expect(ended.map(({ status }) => status)).toEqual(Array(SMALL + 1).fill('converted'));
      const map = ended.find(({ input }) => input.endsWith(GIANT));
      expect(map).toMatchObject({ pages: [{ effort: 'fast' }] });
      expect(mostAtOnce(events), 'how many were converted at the same time').toBeGreaterThan(1);
    },
  );
});

function mostAtOnce(events: readonly CollectionEvent[]): number {
  let [now, most] = [0, 0];
  for (const { event } of events) {
    if (event === 'file.started') now++;
    if (event === 'file.ended') now--;
    most = Math.max(most, now);
  }
  return most;
}
