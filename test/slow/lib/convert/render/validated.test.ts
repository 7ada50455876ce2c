import { copyFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import { jpegName } from '../../../../../src/lib/jpeg-name.ts';
import { runCollection } from '../../../../support/collections.ts';
import { validated } from '../../../../support/exiftool.ts';
import { allSharedFiles, hasSharedTiffs, noSharedTiffs } from '../../../../support/shared-tiffs.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();

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
      const others = complaints.filter((one) => !known.has(one) || !isAboutValue(one));
      problems.push(...others.map((one) => `${basename(path)}: ${one}`));
    }
    console.info(`exiftool has nothing to say of ${silent} of ${jpegs.length} JPEGs.`);
    expect(problems).toEqual([]);
    expect(silent).toBeGreaterThanOrEqual(jpegs.length - 1);
  }, 1_800_000);
});

/** About a value that can be read, but is not written as the standard wants it. */
function isAboutValue(complaint: string): boolean {
  return /^\[minor\] (Invalid date\/time format for|IPTC \w+ too long)/.test(complaint);
}
