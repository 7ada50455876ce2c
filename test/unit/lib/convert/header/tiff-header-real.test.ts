import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { hasSharedTiffs, noSharedTiffs, sharedTiffs } from '../../../../support/shared-tiffs.ts';

describe.skipIf(!hasSharedTiffs)(
  `the headers of real TIFFs${hasSharedTiffs ? '' : `: ${noSharedTiffs}`}`,
  () => {
    it.each(sharedTiffs())('say the same as libvips: $file', async ({ path }) => {
      const header = await readTiffHeader(path);
      // What libvips cannot open has no other reading to compare with.
      const metadata = await sharp(path, { failOn: 'none' })
        .metadata()
        .catch(() => undefined);
      if (!metadata) return;
      expect(header?.pages).toHaveLength(metadata.pages ?? 1);
      expect(header?.pages[0]).toMatchObject({
        width: metadata.width,
        height: metadata.height,
        orientation: metadata.orientation ?? 1,
        iccBytes: metadata.icc?.length ?? 0,
      });
    });

    it('say where the last strip or tile ends: within the file, if the TIFF is whole', async () => {
      for (const { path, class: kind } of sharedTiffs()) {
        if (kind.startsWith('MAL-')) continue;
        const header = await readTiffHeader(path);
        for (const { segments } of header?.pages ?? [])
          expect(segments?.end, path).toBeLessThanOrEqual(header?.fileBytes ?? 0);
      }
    });
  },
);
