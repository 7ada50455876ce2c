import { readFileSync } from 'node:fs';
import sharp, { type Sharp } from 'sharp';
import { type SampledPicture, sampledPage } from '../../support/packed-samples.ts';
import { sharedTiffs } from '../../support/shared-tiffs.ts';
import { makeTiffAs, type TiffPage } from '../../support/tiff-writer.ts';

/** A TIFF to be mutated. */
export interface Original {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Small enough to be converted thousands of times. */
const MOST_BYTES = 120_000;

/** TIFFs of many layouts and compressions, and the real ones that are small enough. */
export async function originals(): Promise<Original[]> {
  const real = sharedTiffs()
    .map(({ file, path }) => ({ name: file, bytes: readFileSync(path) }))
    .filter(({ bytes }) => bytes.length > 0 && bytes.length < MOST_BYTES);
  return [...(await bySharp()), ...byHand(), ...sampled(), ...real];
}

async function bySharp(): Promise<Original[]> {
  const side = 60;
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const picture = (channels: 3 | 4) =>
    sharp({ create: { width: side, height: side, channels, background: '#12345678', noise } });
  const made: [string, Sharp][] = [
    ...(['none', 'lzw', 'deflate', 'packbits', 'jpeg'] as const).map(
      (compression): [string, Sharp] => [compression, picture(3).tiff({ compression })],
    ),
    ['grey', picture(3).greyscale().tiff({ compression: 'lzw' })],
    ['alpha', picture(4).tiff({ compression: 'deflate' })],
    ['16 bits', picture(3).toColourspace('rgb16').tiff({ compression: 'lzw' })],
    [
      'fax',
      picture(3)
        .greyscale()
        .threshold()
        .toColourspace('b-w')
        .tiff({ compression: 'ccittfax4', bitdepth: 1 }),
    ],
    ['tiles', picture(3).tiff({ tile: true, tileWidth: 16, tileHeight: 16 })],
    ['pyramid', picture(3).tiff({ tile: true, tileWidth: 16, tileHeight: 16, pyramid: true })],
    ['turned', picture(3).withMetadata({ orientation: 6 }).tiff({ compression: 'lzw' })],
  ];
  return Promise.all(
    made.map(async ([name, pipeline]) => ({ name, bytes: await pipeline.toBuffer() })),
  );
}

function byHand(): Original[] {
  const data = Buffer.from(Array.from({ length: 40 * 30 * 4 }, (_, i) => (i * 7) % 256));
  const page: TiffPage = { width: 40, height: 30, samplesPerPixel: 3, photometric: 2, data };
  const layouts: [string, Buffer][] = [
    ['big-endian', makeTiffAs({ bigEndian: true }, page)],
    ['BigTIFF', makeTiffAs({ big: true }, { ...page, rowsPerStrip: 7 })],
    ['big-endian BigTIFF', makeTiffAs({ big: true, bigEndian: true }, page)],
    ['planes', makeTiffAs({}, { ...page, planar: true, rowsPerStrip: 10 })],
    ['CMYK', makeTiffAs({}, { ...page, samplesPerPixel: 4, photometric: 5 })],
    ['extra sample', makeTiffAs({}, { ...page, samplesPerPixel: 4, extraSamples: [1] })],
    ['two pages', makeTiffAs({}, page, { ...page, orientation: 8 })],
  ];
  return layouts.map(([name, bytes]) => ({ name, bytes }));
}

/** What our own reader of samples takes. */
function sampled(): Original[] {
  const tile = { width: 16, height: 16 };
  const kinds: readonly (Omit<SampledPicture, 'width' | 'height' | 'value'> & { name: string })[] =
    [
      { name: 'floats', samples: 3, bits: 32, format: 3, rowsPerStrip: 8 },
      {
        ...{ name: 'floats, bytewise differences', samples: 1, bits: 32, format: 3, tile },
        ...{ compression: 'deflate', predictor: 3 },
      },
      { name: '12 bits', samples: 1, bits: 12, compression: 'packbits', rowsPerStrip: 9 },
      { name: 'signed', samples: 1, bits: 16, format: 2, compression: 'zstd' },
      { name: '64 bits', samples: 1, bits: 64, compression: 'deflate', predictor: 2 },
      { name: 'planes in tiles', samples: 4, bits: 8, planar: true, tile, compression: 'deflate' },
      {
        ...{ name: '12 in 16', samples: 3, bits: 16, rowsPerStrip: 7 },
        entries: [{ tag: 281, type: 3, values: [4_095, 4_095, 4_095] }],
      },
      {
        ...{ name: 'palette in a plane', samples: 1, bits: 4, planar: true, photometric: 3 },
        entries: [{ tag: 320, type: 3, values: Array.from({ length: 48 }, (_, i) => i * 1_365) }],
      },
      { name: 'Lab', samples: 3, bits: 8, photometric: 8, compression: 'deflate' },
      {
        ...{ name: 'YCbCr', samples: 3, bits: 8, photometric: 6, compression: 'deflate' },
        entries: [{ tag: 530, type: 3, values: [1, 1] }],
      },
    ];
  const [width, height] = [40, 30];
  return kinds.map(({ name, ...kind }) => {
    const most = kind.format === 3 ? 1 : 2 ** Math.min(kind.bits - 1, 53) - 1;
    const value = (x: number, y: number, sample: number) => {
      const unit = ((x * 3 + y * 5 + sample * 7) % 64) / 64;
      return kind.format === 3 ? unit : Math.floor(unit * most);
    };
    return { name, bytes: makeTiffAs({}, sampledPage({ ...kind, width, height, value })) };
  });
}
