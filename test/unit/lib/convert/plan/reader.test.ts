import { describe, expect, it } from 'vitest';
import type { TiffPage } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { chooseReader } from '../../../../../src/lib/convert/plan/reader.ts';
import { type Reader, readerRows } from '../../../../../src/lib/convert/plan/reader-table.ts';

const strips = {
  kind: 'strips',
  width: 100,
  height: 80,
  count: 1,
  needed: 1,
  empty: 0,
  largestBytes: 24_000,
  totalBytes: 24_000,
  lastStart: 1_000,
  end: 25_000,
} as const;
const tiles = { ...strips, kind: 'tiles', width: 16, height: 16, count: 35, needed: 35 } as const;

interface Kind extends Partial<Omit<TiffPage, 'bitsPerSample'>> {
  /** Of each sample; default 8. */
  readonly bits?: number;
  readonly bitsPerSample?: readonly number[];
}

/** An uncompressed RGB page of 8 bits in one strip, but for what is said. */
function page({ bits = 8, samplesPerPixel = 3, ...others }: Kind): TiffPage {
  return {
    index: 0,
    offset: 8,
    width: 100,
    height: 80,
    samplesPerPixel,
    bitsPerSample: Array<number>(samplesPerPixel).fill(bits),
    sampleFormat: 1,
    compression: 1,
    photometric: 2,
    planar: false,
    orientation: 1,
    subfileType: 0,
    extraSamples: [],
    chromaSubsampling: [1, 1],
    maxSampleValue: undefined,
    inkSet: 1,
    iccBytes: 0,
    segments: strips,
    ...others,
  };
}

const grey = { photometric: 1, samplesPerPixel: 1 };
const cmyk = { photometric: 5, samplesPerPixel: 4 };
const palette = { photometric: 3, samplesPerPixel: 1 };
const ycbcr = { photometric: 6 };
const inPlanes = { planar: true };
const [LZW, OLD_JPEG, JPEG, DEFLATE, CCITT, ZSTD] = [5, 6, 7, 8, 4, 50_000];
const [SIGNED, FLOAT, COMPLEX] = [2, 3, 6];

/** Pages by the row that decides them; the first column is what the page is. */
const decided: Readonly<Record<string, readonly (readonly [string, Kind])[]>> = {
  'no PhotometricInterpretation tag': [['without the tag', { photometric: undefined }]],
  'samples of different bit depths': [['5/6/5 bits', { bitsPerSample: [5, 6, 5] }]],
  'complex numbers as samples': [['complex', { ...grey, bits: 64, sampleFormat: COMPLEX }]],
  'raw camera data (a colour filter array, or linear)': [
    ['a filter array', { ...grey, photometric: 32_803 }],
    ['linear raw', { photometric: 34_892, bits: 16 }],
  ],
  'inks other than cyan, magenta, yellow and black': [['other inks', { ...cmyk, inkSet: 2 }]],
  'old-style JPEG or PixarLog compression': [
    ['old JPEG', { ...ycbcr, compression: OLD_JPEG }],
    ['old JPEG, tiles', { ...ycbcr, compression: OLD_JPEG, segments: tiles }],
    ['old JPEG that is called RGB', { compression: OLD_JPEG }],
    ['PixarLog', { compression: 32_909 }],
  ],
  'JPEG compression of planes in tiles': [
    ['JPEG', { ...inPlanes, compression: JPEG, segments: tiles }],
  ],
  'JPEG compression of Lab colours': [
    ['JPEG, Lab', { compression: JPEG, photometric: 8 }],
    ['JPEG, ICC Lab', { compression: JPEG, photometric: 9 }],
  ],
  'JPEG compression of 12 bits': [['JPEG', { ...grey, bits: 12, compression: JPEG }]],
  'JPEG compression of several extra samples in tiles': [
    ['four bands', { ...grey, samplesPerPixel: 4, compression: JPEG, segments: tiles }],
  ],
  'JPEG compression of an extra sample in tiles': [
    ['RGBA', { samplesPerPixel: 4, extraSamples: [2], compression: JPEG, segments: tiles }],
    ['grey and alpha', { ...grey, samplesPerPixel: 2, compression: JPEG, segments: tiles }],
  ],
  'JPEG compression of tiles with sides that are no multiples of 16': [
    ['YCbCr', { ...ycbcr, compression: JPEG, segments: { ...tiles, width: 100 } }],
    ['grey', { ...grey, compression: JPEG, segments: { ...tiles, height: 40 } }],
  ],
  'LogL luminance': [
    ['LogL', { ...grey, photometric: 32_844, bits: 16, compression: 34_676, sampleFormat: SIGNED }],
  ],
  'ITU-T Lab colours': [['ITULAB', { photometric: 10 }]],
  'YCbCr in planes with subsampled chroma': [
    ['planes', { ...ycbcr, ...inPlanes, chromaSubsampling: [2, 2] }],
  ],
  'YCbCr without JPEG compression': [
    ['8 bits', { ...ycbcr, compression: LZW }],
    ['16 bits', { ...ycbcr, bits: 16 }],
    ['planes', { ...ycbcr, ...inPlanes }],
  ],
  'YCbCr of another depth, format or number of samples': [
    ['16 bits, subsampled', { ...ycbcr, bits: 16, chromaSubsampling: [2, 1] }],
    ['floats', { ...ycbcr, bits: 32, sampleFormat: FLOAT }],
    ['one sample', { ...ycbcr, samplesPerPixel: 1 }],
  ],
  'Lab colours of other than 8 or 16 bits': [
    ['32 bits', { photometric: 8, bits: 32, sampleFormat: FLOAT }],
    ['12 bits', { photometric: 9, bits: 12 }],
  ],
  'Lab colours of 8 bits, or with extra samples': [
    ['CIELab, 8 bits', { photometric: 8 }],
    ['CIELab, 16 bits, alpha', { photometric: 8, bits: 16, samplesPerPixel: 4 }],
    ['CIELab, 16 bits, planes', { photometric: 8, bits: 16, ...inPlanes }],
    ['ICCLab', { photometric: 9, bits: 16 }],
  ],
  'fewer samples a pixel than its colours need': [
    ['RGB', { samplesPerPixel: 2 }],
    ['CMYK', { photometric: 5, samplesPerPixel: 3 }],
    ['Lab', { photometric: 8, samplesPerPixel: 1 }],
  ],
  'samples of a depth that is not defined': [
    ['48 bits', { bits: 48 }],
    ['a float of 8 bits', { ...grey, sampleFormat: FLOAT }],
  ],
  'a palette for other than whole numbers of up to 16 bits': [
    ['floats', { ...palette, bits: 32, sampleFormat: FLOAT }],
    ['24 bits', { ...palette, bits: 24 }],
  ],
  'signed samples': [
    ['16 bits', { ...grey, bits: 16, sampleFormat: SIGNED }],
    ['8 bits', { ...grey, sampleFormat: SIGNED, compression: LZW }],
  ],
  'floating-point samples': [
    ['32 bits', { ...grey, bits: 32, sampleFormat: FLOAT }],
    ['16 bits', { bits: 16, sampleFormat: FLOAT, compression: DEFLATE }],
  ],
  'a bit depth that is not 8 or 16': [
    ...[1, 2, 4, 10, 12, 24, 32, 64].map((bits) => [`RGB of ${bits} bits`, { bits }] as const),
    ['grey of 12 bits', { ...grey, bits: 12 }],
    ['grey and alpha of 4 bits', { ...grey, samplesPerPixel: 2, bits: 4, extraSamples: [2] }],
    ['CMYK of 4 bits', { ...cmyk, bits: 4 }],
  ],
  'fewer bits used than stored': [
    ['12 in 16', { ...grey, bits: 16, maxSampleValue: 4_095 }],
    ['14 in 16', { bits: 16, maxSampleValue: 16_383, compression: LZW }],
  ],
  'tiles with sides that are no multiples of 16': [
    ['RGB', { segments: { ...tiles, width: 100, height: 100 } }],
    ['grey in planes', { ...grey, ...inPlanes, segments: { ...tiles, height: 17 } }],
  ],
  'strips or tiles of unknown sizes': [
    ['LZW', { compression: LZW, segments: { ...strips, sizes: { why: 'MISSING', by: 'data' } } }],
    [
      'Deflate',
      { compression: DEFLATE, segments: { ...tiles, sizes: { why: 'ZERO', by: 'data' } } },
    ],
  ],
  'planes in tiles': [
    ['RGB', { ...inPlanes, segments: tiles }],
    ['CMYK', { ...cmyk, ...inPlanes, segments: tiles, compression: DEFLATE }],
    ['grey, which has but one', { ...grey, ...inPlanes, segments: tiles }],
  ],
  'grey and extra samples in planes': [
    ['grey and alpha', { ...grey, ...inPlanes, samplesPerPixel: 2, extraSamples: [2] }],
  ],
  'a plane of less than 8 bits a sample': [
    ['bilevel', { ...grey, bits: 1, ...inPlanes }],
    ['a palette of 4 bits', { ...palette, bits: 4, ...inPlanes, compression: LZW }],
  ],
  'more than five samples a pixel': [
    ['RGB and three', { samplesPerPixel: 6, extraSamples: [0, 0, 0] }],
    ['CMYK and two', { ...cmyk, samplesPerPixel: 6, bits: 16 }],
  ],
  'ZSTD compression': [['RGB', { compression: ZSTD }]],
  'a fax in tiles': [
    ['Group 4', { ...grey, photometric: 0, bits: 1, compression: 4, segments: tiles }],
    ['Group 3', { ...grey, bits: 1, compression: 3, segments: tiles }],
    ['run lengths', { ...grey, bits: 1, compression: 2, segments: tiles }],
  ],
  'LZW of the kind from before TIFF 5.0': [
    ['RGB', { compression: LZW, oldLzw: true }],
    ['grey in tiles', { ...grey, compression: LZW, oldLzw: true, segments: tiles }],
  ],
  'Deflate data without their checksum': [
    ['RGB', { compression: DEFLATE, lacksChecksum: true }],
    ['grey', { ...grey, compression: 32_946, lacksChecksum: true }],
    ['CIELab of 16 bits', { photometric: 8, bits: 16, compression: DEFLATE, lacksChecksum: true }],
  ],
  'an unusual compression': [
    ['LERC', { compression: 34_887 }],
    ['JPEG 2000', { compression: 34_712 }],
    [
      'YCbCr with ZSTD and subsampled chroma',
      { ...ycbcr, compression: ZSTD, chromaSubsampling: [2, 2] },
    ],
  ],
  'samples that are unusual in its compression': [
    ['WebP in planes and tiles', { ...inPlanes, segments: tiles, compression: 50_001 }],
    ['signed NeXT', { ...grey, bits: 16, sampleFormat: SIGNED, compression: 32_766 }],
  ],
};

/**
 * What sharp reads right, measured (test/unit/lib/convert/fallback/exact.test.ts): neighbours of
 * the rows.
 */
const sharps: readonly (readonly [string, Kind])[] = [
  ['RGB', {}],
  ['RGB of 16 bits', { bits: 16 }],
  ['RGB in planes', { ...inPlanes, bits: 16, compression: DEFLATE }],
  ['RGBA in planes', { ...inPlanes, samplesPerPixel: 4, extraSamples: [2] }],
  ['RGB in tiles', { segments: tiles, compression: LZW }],
  ['RGB and two extra samples', { samplesPerPixel: 5, extraSamples: [2, 0] }],
  ['samples of undefined format', { sampleFormat: 4 }],
  ...[1, 2, 4, 8, 16].map((bits) => [`grey of ${bits} bits`, { ...grey, bits }] as const),
  ['grey of 8 bits in its one plane', { ...grey, ...inPlanes }],
  ['grey of 16 bits in its one plane', { ...grey, bits: 16, ...inPlanes, compression: LZW }],
  ['grey and alpha', { ...grey, samplesPerPixel: 2, extraSamples: [2] }],
  ['MaxSampleValue of all bits', { ...grey, bits: 16, maxSampleValue: 65_535 }],
  ['MaxSampleValue that is no depth', { ...grey, bits: 16, maxSampleValue: 10_000 }],
  ['MaxSampleValue of less than 8 bits', { ...grey, maxSampleValue: 15 }],
  ['a palette of 8 bits', palette],
  ['a palette of 16 bits', { ...palette, bits: 16 }],
  ['a palette and alpha', { ...palette, samplesPerPixel: 2, extraSamples: [2] }],
  ['CMYK', cmyk],
  ['CMYK in planes', { ...cmyk, ...inPlanes, bits: 16 }],
  ['CMYK and alpha', { ...cmyk, samplesPerPixel: 5, extraSamples: [2] }],
  ['YCbCr with subsampled chroma', { ...ycbcr, chromaSubsampling: [2, 2], compression: LZW }],
  ['YCbCr in JPEG', { ...ycbcr, compression: JPEG }],
  ['CIELab of 16 bits', { photometric: 8, bits: 16 }],
  ['JPEG', { compression: JPEG, segments: tiles }],
  ['JPEG of RGBA in strips', { samplesPerPixel: 4, extraSamples: [2], compression: JPEG }],
  ['JPEG of CMYK in tiles', { ...cmyk, compression: JPEG, segments: tiles }],
  ['fax', { ...grey, photometric: 0, bits: 1, compression: CCITT }],
  ['WebP', { compression: 50_001 }],
];

const readerOf = (feature: string): Reader | 'nobody' | undefined =>
  readerRows.find((row) => row.feature === feature)?.reader;

describe('the table of readers', () => {
  it('has each of its rows tested here, in order', () => {
    expect(readerRows.map(({ feature }) => feature)).toEqual(Object.keys(decided));
  });

  it.each(
    Object.entries(decided).flatMap(([feature, kinds]) =>
      kinds.map(([name, kind]) => [feature, name, kind] as const),
    ),
  )('decides: %s (%s)', (feature, _, kind) => {
    const reader = readerOf(feature);
    if (reader !== 'nobody')
      return expect(chooseReader(page(kind), 'a.tif')).toEqual({ reader, feature });
    expect(() => chooseReader(page(kind), 'a.tif')).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_TIFF',
        message: expect.stringContaining(`"a.tif" has ${feature}`),
      }),
    );
  });

  it.each(sharps)('leaves to sharp what it reads correctly: %s', (_, kind) => {
    expect(chooseReader(page(kind), 'a.tif')).toEqual({ reader: 'sharp', feature: '' });
  });
});

describe('the refusal', () => {
  it('names the file, the figures and what to do', () => {
    const kind = page({ bits: 48, compression: LZW, sampleFormat: 1 });
    expect(() => chooseReader(kind, 'scan.tif')).toThrow(
      '"scan.tif" has samples of a depth that is not defined, which arke-tiff cannot decode ' +
        '(LZW compression, RGB, 48/48/48 bits, unsigned). ' +
        'Save it in another program as 8-bit or 16-bit RGB or greyscale, in strips, uncompressed or with LZW.',
    );
  });

  it('names a tag that is missing', () => {
    expect(() => chooseReader(page({ photometric: undefined }), 'a.tif')).toThrow(
      /no photometric interpretation/,
    );
  });
});
