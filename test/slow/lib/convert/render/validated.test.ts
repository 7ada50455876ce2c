import { copyFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { readTags } from '../../../../../src/lib/convert/header/tiff-tags.ts';
import { jpegName } from '../../../../../src/lib/jpeg-name.ts';
import { runCollection } from '../../../../support/collections.ts';
import { validated } from '../../../../support/exiftool.ts';
import { allSharedFiles, hasSharedTiffs, noSharedTiffs } from '../../../../support/shared-tiffs.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const [X_RESOLUTION, Y_RESOLUTION] = [282, 283];

if (!hasSharedTiffs) console.warn(`Not validated: ${noSharedTiffs}.`);

describe.skipIf(!hasSharedTiffs)('the JPEGs of all real TIFFs, with all their metadata', () => {
  it('have no fault in exiftool’s eyes that their TIFFs’ values do not have', async () => {
    const paths = await Promise.all(
      allSharedFiles().map(async (file, index) => {
        const path = folder.path(`${index}-${basename(file)}`);
        await copyFile(file, path);
        return path;
      }),
    );
    const encoder = { ...defaultEncoderSettings, metadata: 'all' } as const;
    const { ends } = await runCollection(paths, { encoder, keepRecord: false });
    const converted = paths.filter((path) => ends[basename(path)]?.status === 'converted');
    expect(converted.length).toBeGreaterThan(60);
    const tiffs = await validated(converted);
    const jpegs = await validated(converted.map(jpegName));
    const problems: string[] = [];
    let silent = 0;
    for (const [i, { path, complaints }] of jpegs.entries()) {
      if (complaints.length === 0) silent++;
      const known = new Set(tiffs[i]?.complaints);
      const others = complaints.filter((one) => !known.has(one) && !isAboutResolution(one));
      problems.push(...others.map((one) => `${basename(path)}: ${one}`));
      // EXIF demands a resolution, and none is made up.
      if (complaints.some(isAboutResolution) && (await isResolved(converted[i] ?? '')))
        problems.push(`${basename(path)}: has lost its resolution`);
    }
    console.info(`exiftool has nothing to say of ${silent} of ${jpegs.length} JPEGs.`);
    expect(problems).toEqual([]);
    expect(silent).toBeGreaterThan(0.85 * jpegs.length);
  }, 1_800_000);
});

function isAboutResolution(complaint: string): boolean {
  return /^Missing required JPEG IFD0 tag .*Resolution(Unit)?$/.test(complaint);
}

/** Whether the page that was converted tells its resolution. */
async function isResolved(path: string): Promise<boolean> {
  const header = await readTiffHeader(path);
  const isResolution = (tag: number) => tag === X_RESOLUTION || tag === Y_RESOLUTION;
  const offset = header?.pages[0]?.offset ?? 0;
  const found = header && (await readTags(path, offset, header, isResolution));
  return (found?.tags.size ?? 0) > 0;
}
