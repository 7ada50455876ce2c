import { describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { gatherPictures, regionAround } from '../../../../src/lib/report/gather-pictures.ts';
import type { PictureSource } from '../../../../src/lib/report/picture-source.ts';
import { alike, converted, failed, pageRecord } from '../../../support/report-runs.ts';

const records = Array.from({ length: 10 }, (_, i) => converted(`${i}.tif`));

/** Pictures of 100 bytes, and comparisons of twice as many, of all but `missing`. */
function sourceOf(missing: readonly string[] = []) {
  const asked: string[] = [];
  const picture = async ({ input }: { input: string }) =>
    missing.includes(input) ? undefined : new Uint8Array(100);
  const source: PictureSource = {
    jobs: 3,
    thumbnail: picture,
    comparison: async (jpeg, region) => {
      asked.push(`${jpeg.input} page ${jpeg.page} at ${region.left},${region.top}`);
      const before = await picture(jpeg);
      return before && { before, after: before };
    },
    libraries: async () => undefined,
    pathOf: (output) => output,
  };
  return { source, asked };
}

async function gather(
  bytes: number,
  { source } = sourceOf(),
  of: Parameters<typeof gatherPictures>[0] = records,
) {
  const order = [...of.keys()].reverse();
  const options = { encoder: defaultEncoderSettings, order, bytes };
  const pictures = await gatherPictures(of, source, options);
  const those = (has: (one: (typeof pictures)[number]) => unknown) =>
    pictures.flatMap((one, file) => (has(one) ? [file] : []));
  return {
    pictures,
    thumbnails: those(({ thumbnail }) => thumbnail),
    comparisons: those(({ comparison }) => comparison),
  };
}

describe('the pictures of a report', () => {
  it('exist for all files if there is room', async () => {
    const { thumbnails, comparisons } = await gather(1_000_000);
    expect([thumbnails.length, comparisons.length]).toEqual([10, 10]);
  });

  it('stay within their bytes, first come first served', async () => {
    const { thumbnails, comparisons } = await gather(1_000);
    expect(thumbnails).toEqual([6, 7, 8, 9]);
    expect(comparisons).toEqual([7, 8, 9]);
  });

  it('leave room to others if one cannot be made', async () => {
    const { thumbnails, comparisons } = await gather(1_000, sourceOf(['9.tif', '8.tif']));
    expect(thumbnails).toEqual([4, 5, 6, 7]);
    expect(comparisons).toEqual([5, 6, 7]);
  });

  it('are made as many at once as the source allows, each file in its turn', async () => {
    const { source } = sourceOf();
    let running = 0;
    let most = 0;
    const busy: PictureSource = {
      ...source,
      thumbnail: async (jpeg) => {
        most = Math.max(most, ++running);
        // The later in order, the sooner it is done.
        for (let turns = 0; turns < Number.parseInt(jpeg.input, 10); turns++) await undefined;
        running--;
        return source.thumbnail(jpeg);
      },
    };
    const { thumbnails } = await gather(1_000, { ...sourceOf(), source: busy });
    expect({ most, thumbnails }).toEqual({ most: 3, thumbnails: [6, 7, 8, 9] });
  });

  it('report progress; those without room are skipped', async () => {
    const told: string[] = [];
    const onProgress = (done: number, of: number) => void told.push(`${done}/${of}`);
    const order = [...records.keys()];
    const options = { encoder: defaultEncoderSettings, order, bytes: 1_000, onProgress };
    await gatherPictures(records, sourceOf().source, options);
    // Four thumbnails have room, and three comparisons; the next of each shows that it has none.
    const thumbnails = ['1/20', '2/20', '3/20', '4/20', '5/20'];
    expect(told).toEqual([...thumbnails, '11/20', '12/20', '13/20', '14/20']);
  });

  it('exist only for files with JPEGs', async () => {
    const { thumbnails } = await gather(1_000, sourceOf(), [failed('a.tif'), converted('b.tif')]);
    expect(thumbnails).toEqual([1]);
  });

  it('show the worst place of the worst page, else the middle', async () => {
    const worst = { x: 1_024, y: 0, ssim: 0.5 };
    const size = { width: 2_000, height: 1_000 };
    const pages = [
      pageRecord({ ...alike(0.99), ...size }),
      pageRecord({ page: 2, ...size, likeness: { ssim: 0.9, psnr_db: 30, worst } }),
    ];
    const found = sourceOf();
    const of = [converted('a.tif', {}, { pages: pages as [never] }), converted('b.tif', size)];
    const { pictures } = await gather(1_000_000, found, of);
    expect(found.asked.toSorted()).toEqual(['a.tif page 2 at 896,0', 'b.tif page 1 at 840,380']);
    expect(pictures.map(({ comparison }) => comparison?.shown.isWorst)).toEqual([true, false]);
  });
});

describe('the region that is shown', () => {
  it.each([
    [{ x: 500, y: 500 }, { width: 1_000, height: 1_000 }, [340, 380, 320, 240]],
    [{ x: 10, y: 990 }, { width: 1_000, height: 1_000 }, [0, 760, 320, 240]],
    [{ x: 20, y: 1 }, { width: 40, height: 1_000 }, [0, 0, 40, 240]],
  ])('around %o of %o is %j', (place, size, [left, top, width, height]) => {
    expect(regionAround(place, size)).toEqual({ left, top, width, height });
  });
});
