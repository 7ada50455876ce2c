import { describe, expect, it } from 'vitest';
import { readTiffHeader } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { chooseReader } from '../../../../../src/lib/convert/plan/reader.ts';
import { pageKinds } from '../../../../support/page-kinds.ts';
import { decodeJpeg, psnr } from '../../../../support/pixels.ts';
import { storedPixels, useShownPictures } from '../../../../support/shown-pictures.ts';

const { makeBoth, pieces, preview, verify } = useShownPictures();
const SAME = Number.POSITIVE_INFINITY;

describe('what is shown of a page is what its JPEG shows', () => {
  it.each(pageKinds)('$name', async (kind) => {
    const both = await makeBoth(kind);
    const page = (await readTiffHeader(both.tiff))?.pages[0];
    expect(page && chooseReader(page, '').reader).toBe(kind.reader);
    const { before, after } = await pieces(both);
    await expect(verify(before, both)).resolves.toBeDefined();
    expect(psnr(after, await decodeJpeg(both.jpeg))).toBe(SAME);
    expect(psnr(await storedPixels(await preview(both)), before)).toBe(SAME);
  });
});
