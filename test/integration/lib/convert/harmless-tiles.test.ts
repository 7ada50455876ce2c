import { beforeAll, describe, expect, it } from 'vitest';
import { short, useForgiveness, withTags } from '../../../support/forgiven.ts';
import { faxPage, faxRows } from '../../../support/make-fax.ts';
import {
  inAllLayouts,
  jpegPages,
  type NamedPage,
  scene,
  variedPages,
} from '../../../support/odd-tiffs.ts';
import { largestDifference, psnr } from '../../../support/pixels.ts';
import { makeTiff, makeTiffAs } from '../../../support/tiff-writer.ts';

const { folder, convert, soundly } = useForgiveness();
let varied: NamedPage[];
beforeAll(async () => {
  varied = await variedPages(folder.path('varied.tif'));
});

describe('tiles whose sides are no multiples of 16', () => {
  it('are read, with a warning', async () => {
    const sizes = [
      ...[
        [100, 100],
        [20, 10],
        [96, 1],
        [50, 64],
        [17, 31],
        [8, 8],
        [40, 72],
        [1, 1],
        [96, 65],
        [33, 16],
      ],
    ] as const;
    const pages = varied.filter(([, { segments, planar }]) => !segments && !planar);
    for (const [i, [name, page, layout]] of inAllLayouts([...pages, ...pages]).entries()) {
      const [width = 0, height = 0] = sizes[i % sizes.length] ?? [];
      // The writer cuts whole bytes.
      if (page.bitsPerSample === 1 && width % 8 !== 0) continue;
      const tiled = { ...page, tile: { width, height } };
      const { notes, picture } = await convert(makeTiffAs(layout, tiled));
      const expected = await soundly(name, page, layout);
      expect(largestDifference(picture, expected), `${name} ${width} × ${height}`).toBe(0);
      expect(notes, name).toMatchObject([
        { code: 'WARNINGS_FORGIVEN', message: expect.stringContaining(`${width} × ${height}`) },
      ]);
    }
  });

  it('are also read where they hold JPEGs, or faxes', async () => {
    const cuts = [
      ...[
        [100, 100],
        [40, 40],
        [50, 24],
        [80, 72],
        [33, 17],
      ].map(([width = 0, height = 0]) => [`${width} × ${height}`, width, height] as const),
    ];
    const plain = { width: 96, height: 64, samplesPerPixel: 3, photometric: 2, data: scene() };
    const { picture: right } = await convert(makeTiff(plain));
    for (const subsampling of [1, 2]) {
      const chromaSubsampling = subsampling === 1 ? '4:4:4' : '4:2:0';
      for (const [name, page, layout] of inAllLayouts(
        await jpegPages({ quality: 95, chromaSubsampling }, cuts),
      )) {
        const odd = withTags(page, short(530, subsampling, subsampling));
        const { notes, picture } = await convert(makeTiffAs(layout, odd));
        expect(psnr(picture, right), name).toBeGreaterThan(subsampling === 1 ? 35 : 20);
        expect(notes, name).toMatchObject([{ code: 'WARNINGS_FORGIVEN' }]);
      }
    }
    const rows = faxRows(200, 120);
    const { picture: fax } = await convert(makeTiff(faxPage(rows, { coding: 'group 4' })));
    for (const [coding, tile] of [
      ['group 4', 40],
      ['group 4', 100],
      ['group 3', 72],
    ] as const) {
      const { notes, picture } = await convert(makeTiff(faxPage(rows, { coding, tile })));
      expect(largestDifference(picture, fax), `${coding}, ${tile}`).toBe(0);
      expect(notes).toMatchObject([{ code: 'WARNINGS_FORGIVEN' }]);
    }
  });
});
