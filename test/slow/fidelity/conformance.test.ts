import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../src/lib/convert/convert-in-place.ts';
import { readTiffHeader } from '../../../src/lib/convert/header/tiff-header.ts';
import { pagesOf } from '../../../src/lib/convert/pages.ts';
import { type Converter, openConverter } from '../../../src/lib/convert/process/converter.ts';
import { contractSnippet, decodeJpeg, largestDifference } from '../../support/pixels.ts';
import {
  hasSharedTiffs,
  noSharedTiffs,
  type SharedTiff,
  sharedTiffs,
} from '../../support/shared-tiffs.ts';
import { useFolder } from '../../support/use-folder.ts';
import { hasPicture } from './arbiters.ts';
import { versionsOn, withTables } from './class-table.ts';
import { type Measured, measure } from './measure.ts';
import { ALIKE } from './references.ts';
import { reportedTiffs } from './reported-tiffs.ts';
import { readerVersions } from './versions.ts';

const tiffs = sharedTiffs();
const folder = useFolder();
const measured = new Map<string, Promise<Measured>>();
let converter: Converter;

beforeAll(() => {
  if (!hasSharedTiffs) console.warn(`Left out: ${noSharedTiffs}.`);
  converter = openConverter(folder.root);
});
afterAll(() => converter.close());

/** Each file is measured once, also when only some of the tests are run. */
function measureOnce(tiff: SharedTiff): Promise<Measured> {
  const known = measured.get(tiff.file) ?? measure(tiff, { converter, folder: folder.root });
  measured.set(tiff.file, known);
  return known;
}

const good = tiffs.filter(hasPicture);

describe.skipIf(!hasSharedTiffs)('real TIFFs', () => {
  it.each(good)('become the right picture, upright: $file ($class)', async (tiff) => {
    const { ours, likeness } = await measureOnce(tiff);
    if (ours.kind === 'refused') throw ours.error;
    const header = await readTiffHeader(tiff.path);
    if (!header) throw new Error(`"${tiff.file}" has no header.`);
    const { width, height, orientation } = pagesOf(header)[0];
    // The manifest has the first directory's size, which is the page's in all of its files.
    expect([width, height]).toEqual([tiff.width, tiff.height]);
    const upright = orientation >= 5 ? [height, width] : [width, height];
    expect([ours.picture.width, ours.picture.height]).toEqual(upright);
    expect(likeness).toBeGreaterThanOrEqual(ALIKE);
  });

  it.each(good.filter(({ pages }) => pages > 1))(
    'of several pages say that only one was converted: $file ($pages)',
    async (tiff) => {
      const { ours } = await measureOnce(tiff);
      if (ours.kind === 'refused') throw ours.error;
      const header = await readTiffHeader(tiff.path);
      expect(header?.pages).toHaveLength(tiff.pages);
      // What is smaller on purpose is no page.
      const told = ours.notes.some(({ code }) => code === 'PAGES_NOT_CONVERTED');
      expect(told).toBe(header !== undefined && pagesOf(header).length > 1);
    },
  );

  it.each(tiffs.filter((tiff) => tiff.samePixels))(
    'have the pixels of the contract’s snippet, as max and as balanced: $file',
    async ({ path }) => {
      const theirs = await decodeJpeg(await contractSnippet(path));
      const { space } = await sharp(path).metadata();
      const grey = space === 'b-w' || space === 'grey16';
      for (const effort of ['max', 'balanced'] as const) {
        const output = folder.path('same.jpg');
        const { channels } = await convertInPlace(path, output, { converter, effort });
        expect(channels).toBe(grey ? 1 : 3);
        const apart = largestDifference(await decodeJpeg(output), theirs);
        // One channel and three are rounded separately on their way back from frequencies.
        expect(apart, effort).toBeLessThanOrEqual(grey ? 1 : 0);
      }
    },
  );

  it.each(tiffs.filter((tiff) => !hasPicture(tiff)))(
    'are refused with an error that names the file: $file ($class)',
    async (tiff) => {
      const { ours } = await measureOnce(tiff);
      expect(ours.kind).toBe('refused');
      if (ours.kind === 'refused') expect(ours.error.message).toContain(tiff.file);
    },
  );

  it('are treated as docs/fidelity.md says', { timeout: 600_000 }, async () => {
    const path = fileURLToPath(new URL('../../../docs/fidelity.md', import.meta.url));
    const page = await readFile(path, 'utf8');
    const versions = await readerVersions();
    if (versionsOn(page) !== versions) {
      console.warn(
        `Not compared: docs/fidelity.md was measured with ${versionsOn(page)}, not ${versions}.`,
      );
      return;
    }
    const all = { shared: [] as Measured[], reported: [] as Measured[] };
    for (const tiff of tiffs) all.shared.push(await measureOnce(tiff));
    for (const tiff of reportedTiffs()) all.reported.push(await measureOnce(tiff));
    expect(page, 'Run "npm run bench:fidelity" and commit the result.').toBe(
      withTables(page, all, versions),
    );
  });
});
