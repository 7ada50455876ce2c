import { describe, expect, it } from 'vitest';
import { makeIcc } from '../../../support/icc.ts';
import { type InspectSetup, inspectionOf } from '../../../support/inspections.ts';
import { makeTiff, type TiffEntry, type TiffPage } from '../../../support/tiff-writer.ts';

const ASCII = 2;
const [BYTE, SHORT, LONG, RATIONAL, UNDEFINED] = [1, 3, 4, 5, 7];
const text = (tag: number, value: string): TiffEntry => ({
  tag,
  type: ASCII,
  values: [...Buffer.from(`${value}\0`)],
});

/** An RGB page of 8 bits with which nothing is lost. */
const plain: TiffPage = {
  width: 4,
  height: 4,
  samplesPerPixel: 3,
  photometric: 2,
  data: Buffer.alloc(4 * 4 * 16),
};
const grey: TiffPage = { ...plain, samplesPerPixel: 1, photometric: 1 };
const described: TiffPage = {
  ...plain,
  entries: [text(270, 'A map'), text(305, 'Scan 1'), text(315, 'Ada'), text(33_432, '© Ada')],
};

const lossesOf = async (pages: readonly TiffPage[], setup: InspectSetup = {}) =>
  (await inspectionOf(makeTiff(...pages), setup)).losses;

describe('nothing is lost', () => {
  it.each<[string, TiffPage]>([
    ['of RGB with 8 bits', plain],
    ['of grey with 8 bits', grey],
    ['of black and white', { ...grey, bitsPerSample: 1 }],
    [
      'of a palette, whatever the bits of its indices',
      { ...grey, photometric: 3, bitsPerSample: 16 },
    ],
    ['of YCbCr, which is what a JPEG has', { ...plain, photometric: 6 }],
    ['by turning a picture upright', { ...plain, orientation: 6 }],
    ['by samples in planes', { ...plain, planar: true }],
    [
      'of a MaxSampleValue that is all that 8 bits hold',
      { ...grey, entries: [{ tag: 281, type: SHORT, values: [200] }] },
    ],
  ])('%s', async (_, page) => {
    expect(await lossesOf([page])).toEqual([]);
  });

  it('of a page whose smaller versions are left out', async () => {
    expect(await lossesOf([plain, { ...plain, width: 2, height: 2, subfileType: 1 }])).toEqual([]);
  });
});

describe('the loss ledger has, for the page it is about', () => {
  it.each<[string, TiffPage, { kind: string; message: string }[]]>([
    [
      'more than 8 bits',
      { ...plain, bitsPerSample: 16 },
      [{ kind: 'bit-depth', message: '16-bit samples become 8-bit ones' }],
    ],
    [
      'the range of 12 bits in 16',
      { ...grey, bitsPerSample: 16, entries: [{ tag: 281, type: SHORT, values: [4095] }] },
      [
        { kind: 'bit-depth', message: '16-bit samples become 8-bit ones' },
        {
          kind: 'sample-range',
          message: 'Values up to 4095, the MaxSampleValue, are scaled to 0–255',
        },
      ],
    ],
    [
      'floating-point samples',
      { ...grey, bitsPerSample: 32, sampleFormat: 3 },
      [
        { kind: 'bit-depth', message: '32-bit floating-point samples become 8-bit ones' },
        { kind: 'sample-range', message: 'Floating-point values are scaled to 0–255' },
      ],
    ],
    [
      'signed samples, of 8 bits, too',
      { ...grey, sampleFormat: 2 },
      [{ kind: 'sample-range', message: 'Signed values are scaled to 0–255' }],
    ],
    [
      '32 bits',
      { ...grey, bitsPerSample: 32 },
      [
        { kind: 'bit-depth', message: '32-bit samples become 8-bit ones' },
        { kind: 'sample-range', message: 'Values of 32 bits are scaled to 0–255' },
      ],
    ],
    [
      'associated alpha',
      { ...plain, samplesPerPixel: 4, extraSamples: [1] },
      [{ kind: 'alpha', message: 'Transparency (associated alpha) is laid on white' }],
    ],
    [
      'unassociated alpha',
      { ...plain, samplesPerPixel: 4, extraSamples: [2] },
      [{ kind: 'alpha', message: 'Transparency (unassociated alpha) is laid on white' }],
    ],
    [
      'a sample that is no transparency',
      { ...plain, samplesPerPixel: 4, extraSamples: [0] },
      [{ kind: 'extra-samples', message: '1 sample a pixel beside the colours is left out' }],
    ],
    [
      'samples that no ExtraSamples explain',
      { ...grey, samplesPerPixel: 3 },
      [{ kind: 'extra-samples', message: '2 samples a pixel beside the colours are left out' }],
    ],
    [
      'alpha and others, after the colours of CMYK',
      { ...plain, photometric: 5, samplesPerPixel: 6, extraSamples: [0, 2] },
      [
        { kind: 'colour-space', message: 'Colours are converted from CMYK to RGB' },
        { kind: 'alpha', message: 'Transparency (unassociated alpha) is laid on white' },
        { kind: 'extra-samples', message: '1 sample a pixel beside the colours is left out' },
      ],
    ],
    [
      'colours of L*a*b*',
      { ...plain, photometric: 8 },
      [{ kind: 'colour-space', message: 'Colours are converted from CIE L*a*b* to RGB' }],
    ],
  ])('%s', async (_, page, losses) => {
    expect(await lossesOf([page])).toEqual(losses.map((loss) => ({ ...loss, page: 1 })));
  });

  it('the background that transparency is laid on', async () => {
    const page = { ...plain, samplesPerPixel: 4, extraSamples: [1] };
    expect(await lossesOf([page], { background: '#102030' })).toMatchObject([
      { kind: 'alpha', message: 'Transparency (associated alpha) is laid on #102030' },
    ]);
  });
});

describe('of a colour profile', () => {
  const page = { ...plain, icc: makeIcc('Wide Colours') };

  it('the conversion to sRGB is in the ledger, with what avoids it', async () => {
    expect(await lossesOf([page])).toEqual([
      {
        kind: 'profile',
        page: 1,
        message:
          'Colours are converted from the profile "Wide Colours" to sRGB, and it is not embedded',
        avoidedBy: '--profile keep',
      },
    ]);
  });

  it('nothing is lost when it is kept', async () => {
    expect(await lossesOf([page], { profile: 'keep' })).toEqual([]);
  });
});

describe('of descriptive metadata', () => {
  it.each([
    ['none', 'Metadata left out: Artist, Copyright, ImageDescription, Software'],
    ['copyright', 'Metadata left out: ImageDescription, Software'],
  ] as const)('the tags that --metadata %s leaves out are named', async (metadata, message) => {
    expect(await lossesOf([described], { metadata })).toEqual([
      { kind: 'metadata', page: 1, message, avoidedBy: '--metadata all' },
    ]);
  });

  it('the resolution stays with whose work it is', async () => {
    const page = { ...plain, entries: [{ tag: 282, type: RATIONAL, values: [300] }] };
    expect(await lossesOf([page], { metadata: 'copyright' })).toEqual([]);
  });

  it('nothing is lost with --metadata all', async () => {
    expect(await lossesOf([described], { metadata: 'all' })).toEqual([]);
  });

  it.each<[string, TiffEntry]>([
    ['DateTime', text(306, '2024:02:29 12:00:00')],
    ['DocumentName', text(269, 'a')],
    ['PageName', text(285, 'a')],
    ['PageNumber', { tag: 297, type: SHORT, values: [0, 2] }],
    ['Make', text(271, 'a')],
    ['Model', text(272, 'a')],
    ['HostComputer', text(316, 'a')],
    ['XResolution', { tag: 282, type: RATIONAL, values: [300] }],
    ['EXIF', { tag: 34_665, type: LONG, values: [8] }],
    ['GPS', { tag: 34_853, type: LONG, values: [8] }],
    ['IPTC', { tag: 33_723, type: UNDEFINED, values: [1, 2, 3, 4, 5] }],
    ['XMP', { tag: 700, type: BYTE, values: [1, 2, 3, 4, 5] }],
    ['Rating', { tag: 18_246, type: SHORT, values: [5] }],
    ['XPTitle', { tag: 40_091, type: BYTE, values: [65, 0, 0, 0, 0] }],
    ['Photoshop resources', { tag: 34_377, type: BYTE, values: [1, 2, 3, 4, 5] }],
  ])('%s is among them', async (name, entry) => {
    expect(await lossesOf([{ ...plain, entries: [entry] }])).toMatchObject([
      { kind: 'metadata', message: `Metadata left out: ${name}` },
    ]);
  });

  it('what JPEG has no place for no setting keeps', async () => {
    const page = { ...described, entries: [text(305, 'a'), text(42_112, '<GDALMetadata/>')] };
    expect(await lossesOf([page], { metadata: 'all' })).toEqual([
      { kind: 'metadata', page: 1, message: 'Metadata left out: GDAL metadata' },
    ]);
  });
});

describe('of a TIFF with several pages', () => {
  const deep = { ...plain, bitsPerSample: 16 };

  it.each([
    ['first', '2 of 3 pages are not converted'],
    [2, '2 of 3 pages are not converted'],
  ] as const)('those that are not converted are lost (%s)', async (pages, message) => {
    expect(await lossesOf([plain, plain, plain], { pages })).toEqual([
      { kind: 'pages', page: undefined, message, avoidedBy: '--page all' },
    ]);
  });

  it('the one that is lost is named', async () => {
    expect(await lossesOf([plain, plain])).toMatchObject([
      { kind: 'pages', message: 'Page 2 of 2 is not converted' },
    ]);
  });

  it('only what is converted is looked at', async () => {
    expect(await lossesOf([deep, plain], { pages: 2 })).toMatchObject([{ kind: 'pages' }]);
    expect(await lossesOf([plain, deep], { pages: 2 })).toMatchObject([
      { kind: 'pages' },
      { kind: 'bit-depth', page: 2 },
    ]);
  });

  it('with --page all each page has its own', async () => {
    expect(await lossesOf([deep, plain, deep], { pages: 'all' })).toMatchObject([
      { kind: 'bit-depth', page: 1 },
      { kind: 'bit-depth', page: 3 },
    ]);
  });

  it('a mask is not applied', async () => {
    const mask = { ...grey, bitsPerSample: 1, photometric: 4, subfileType: 4 };
    expect(await lossesOf([plain, mask])).toEqual([
      { kind: 'mask', page: undefined, message: 'A transparency mask is not applied' },
    ]);
  });
});
