import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { type FaxCoding, faxPage, faxRows } from '../../support/make-fax.ts';
import { makeOldJpeg } from '../../support/make-ojpeg.ts';
import { sideBySideJpegPage } from '../../support/make-rgba-jpeg.ts';
import { noise, randomNumbers } from '../../support/noise.ts';
import { subIfd } from '../../support/odd-tiffs.ts';
import { oldLzw } from '../../support/old-lzw.ts';
import { type SampledPicture, sampledPage } from '../../support/packed-samples.ts';
import { allSharedFiles, sharedTiffs } from '../../support/shared-tiffs.ts';
import {
  makeTiffAs,
  type TiffEntry,
  type TiffLayout,
  type TiffPage,
} from '../../support/tiff-writer.ts';

/** A TIFF to be mutated. */
export interface Original {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Small enough to be converted thousands of times. */
const MOST_BYTES = 120_000;

/** TIFFs of many layouts and compressions, and the real ones that are small enough. */
export async function originals(): Promise<Original[]> {
  const reported = allSharedFiles().filter((path) => path.includes('/reported/'));
  const real = [...sharedTiffs().map(({ path }) => path), ...reported]
    .map((path) => ({ name: basename(path), bytes: readFileSync(path) }))
    .filter(({ bytes }) => bytes.length > 0 && bytes.length < MOST_BYTES);
  return [...(await bySharp()), ...byHand(), ...sampled(), ...(await odd()), ...real];
}

/** Old LZW, odd faxes, colours that nobody told, and JPEGs of unusual kinds. */
async function odd(): Promise<Original[]> {
  const [width, height] = [48, 40];
  const data = Buffer.from(Array.from({ length: width * height * 4 }, (_, i) => (i * 5) % 253));
  const size = { width, height, data };
  const grey = { ...size, samplesPerPixel: 1, photometric: 1, compression: 5 };
  const half = data.subarray(0, (width * height) / 2);
  const rows = faxRows(width, 200);
  const rgba = await sideBySideJpegPage({ ...size, channels: 4 }, 2, { tile: 16 });
  const fax = (coding: FaxCoding) => makeTiffAs({}, faxPage(rows, coding));
  const made: [string, Buffer][] = [
    ['old LZW', makeTiffAs({}, { ...grey, rowsPerStrip: 20, segments: [half, half].map(oldLzw) })],
    [
      'old LZW in tiles',
      makeTiffAs(
        { big: true, bigEndian: true },
        {
          ...grey,
          tile: { width: 48, height: 48 },
          segments: [oldLzw(data.subarray(0, 48 * 48))],
        },
      ),
    ],
    ['Group 3 without end-of-line codes', fax({ coding: 'group 3', endsOfLine: false })],
    ['Group 3 that lacks a row', fax({ coding: 'group 3', missing: 1, rowsPerStrip: 64 })],
    ['Group 3 in tiles', fax({ coding: 'group 3 2D', tile: 32 })],
    ['Group 4 that lacks rows', fax({ coding: 'group 4', missing: 2 })],
    ['Group 4, colours untold', fax({ coding: 'group 4', page: { without: [262] } })],
    [
      'RGB, untold',
      makeTiffAs({}, { ...size, samplesPerPixel: 3, photometric: 2, without: [262] }),
    ],
    ['RGBA as JPEG in tiles', makeTiffAs({}, { ...rgba, extraSamples: [2] })],
    [
      'an old-style JPEG that is called RGB',
      await makeOldJpeg(size, { kind: 'interchange', page: { photometric: 2 } }),
    ],
    [
      'an old-style JPEG without SamplesPerPixel',
      await makeOldJpeg(size, { kind: 'tables', page: { without: [277] } }),
    ],
  ];
  return made.map(([name, bytes]) => ({ name, bytes }));
}

async function bySharp(): Promise<Original[]> {
  const side = 60;
  const picture = (channels: 3 | 4) => {
    const { data, ...raw } = noise(
      { width: side, height: side, channels },
      randomNumbers(channels),
    );
    return sharp(data, { raw });
  };
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

const short = (tag: number, ...values: number[]): TiffEntry => ({ tag, type: 3, values });

function belowThumbnail(layout: TiffLayout, page: TiffPage): Buffer {
  const picture = { ...page, data: page.data.subarray(0, page.width * page.height * 3) };
  const thumbnail = { ...page, width: 8, height: 6, subfileType: 1 };
  return makeTiffAs(layout, { ...thumbnail, entries: [subIfd(picture, layout)] });
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
    ['a thumbnail first', makeTiffAs({}, { ...page, width: 8, height: 6 }, page)],
    ['a picture below its thumbnail', belowThumbnail({}, page)],
    ['the same, big-endian BigTIFF', belowThumbnail({ big: true, bigEndian: true }, page)],
    ['a list of pages that breaks off', makeTiffAs({ next: 99_999 }, page)],
    ['a loop', makeTiffAs({ next: 8 }, page)],
    ['Orientation 0', makeTiffAs({}, { ...page, entries: [short(274, 0)] })],
    ['sizes that are missing', makeTiffAs({}, { ...page, rowsPerStrip: 7, without: [279] })],
    ['a sample without a meaning', makeTiffAs({}, { ...page, samplesPerPixel: 4 })],
    ['odd tiles', makeTiffAs({}, { ...page, tile: { width: 25, height: 11 } })],
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
        name: 'floats, bytewise differences',
        samples: 1,
        bits: 32,
        format: 3,
        tile,
        compression: 'deflate',
        predictor: 3,
      },
      { name: '12 bits', samples: 1, bits: 12, compression: 'packbits', rowsPerStrip: 9 },
      { name: 'signed', samples: 1, bits: 16, format: 2, compression: 'zstd' },
      { name: '64 bits', samples: 1, bits: 64, compression: 'deflate', predictor: 2 },
      { name: 'planes in tiles', samples: 4, bits: 8, planar: true, tile, compression: 'deflate' },
      {
        name: '12 in 16',
        samples: 3,
        bits: 16,
        rowsPerStrip: 7,
        entries: [{ tag: 281, type: 3, values: [4_095, 4_095, 4_095] }],
      },
      {
        name: 'palette in a plane',
        samples: 1,
        bits: 4,
        planar: true,
        photometric: 3,
        entries: [{ tag: 320, type: 3, values: Array.from({ length: 48 }, (_, i) => i * 1_365) }],
      },
      { name: 'Lab', samples: 3, bits: 8, photometric: 8, compression: 'deflate' },
      {
        name: 'YCbCr',
        samples: 3,
        bits: 8,
        photometric: 6,
        compression: 'deflate',
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
