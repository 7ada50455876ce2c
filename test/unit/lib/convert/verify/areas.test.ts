import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { areasOf, placeAsSeen } from '../../../../../src/lib/convert/verify/areas.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const size = { width: 200, height: 130 };

describe('the areas of a picture', () => {
  it('are all of it, and do not overlap', () => {
    const { count, boxOf, areaAt } = areasOf(size);
    const seen = new Set<string>();
    for (let area = 0; area < count; area++) {
      const box = boxOf(area);
      for (let y = box.y; y < box.y + box.height; y++)
        for (let x = box.x; x < box.x + box.width; x++) {
          seen.add(`${x},${y}`);
          expect(areaAt(x, y)).toBe(area);
        }
    }
    expect(seen.size).toBe(size.width * size.height);
  });

  it.each([
    [1, 1],
    [63, 300],
    [64, 64],
  ])('are at least one, in %i × %i pixels, too', (width, height) => {
    const { count, boxOf } = areasOf({ width, height });
    expect(count).toBe(Math.max(1, Math.floor(height / 64)));
    expect(boxOf(0)).toMatchObject({ x: 0, y: 0, width });
  });
});

describe('the place of an area', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is where it is seen (orientation %i)', async (orientation) => {
    const box = { x: 64, y: 64, width: 72, height: 66 };
    const data = Buffer.alloc(size.width * size.height);
    for (let y = box.y; y < box.y + box.height; y++)
      data.fill(255, y * size.width + box.x, y * size.width + box.x + box.width);
    const path = folder.path('turned.tif');
    const picture = sharp(data, { raw: { ...size, channels: 1 } });
    await picture.withMetadata({ orientation }).tiff({ compression: 'none' }).toFile(path);
    const seen = await sharp(path)
      .autoOrient()
      .extractChannel(0)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const first = seen.data.indexOf(255);
    const place = { x: first % seen.info.width, y: Math.floor(first / seen.info.width) };
    expect(placeAsSeen(box, size, orientation)).toEqual(place);
  });
});
