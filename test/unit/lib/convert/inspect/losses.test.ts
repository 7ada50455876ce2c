import { describe, expect, it } from 'vitest';
import { makeIcc } from '../../../../support/icc.ts';
import { type InspectSetup, inspectionOf } from '../../../../support/inspections.ts';
import {
  makeTiff,
  makeTiffAs,
  type TiffEntry,
  type TiffPage,
} from '../../../../support/tiff-writer.ts';

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

describe('the list of losses has, for its page', () => {
  it.each<[string, TiffPage, { kind: string; message: string }[]]>([
    [
      'more than 8 bits',
      { ...plain, bitsPerSample: 16 },
      [{ kind: 'bit-depth', message: '16-bit samples become 8-bit' }],
    ],
    [
      'the range of 12 bits in 16',
      { ...grey, bitsPerSample: 16, entries: [{ tag: 281, type: SHORT, values: [4095] }] },
      [
        { kind: 'bit-depth', message: '16-bit samples become 8-bit' },
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
        { kind: 'bit-depth', message: '32-bit floating-point samples become 8-bit' },
        { kind: 'sample-range', message: 'Floating-point values are scaled to 0–255' },
      ],
    ],
    [
      'signed samples',
      { ...grey, bitsPerSample: 16, sampleFormat: 2 },
      [
        { kind: 'bit-depth', message: '16-bit signed samples become 8-bit' },
        { kind: 'sample-range', message: 'Signed values are scaled to 0–255' },
      ],
    ],
    [
      'signed samples of 8 bits, which are shown by their bits',
      { ...grey, sampleFormat: 2 },
      [{ kind: 'sample-range', message: 'Signed values are read as unsigned' }],
    ],
    [
      'a logarithmic luminance, whose samples are codes',
      { ...grey, photometric: 32_844, compression: 34_676, bitsPerSample: 16, sampleFormat: 2 },
      [
        {
          kind: 'sample-range',
          message: 'The brightness of CIE Log L is scaled to 0–255',
        },
        { kind: 'colour-space', message: 'Colours are converted from CIE Log L to grey' },
      ],
    ],
    [
      '32 bits',
      { ...grey, bitsPerSample: 32 },
      [
        { kind: 'bit-depth', message: '32-bit samples become 8-bit' },
        { kind: 'sample-range', message: 'Values of 32 bits are scaled to 0–255' },
      ],
    ],
    [
      'associated alpha',
      { ...plain, samplesPerPixel: 4, extraSamples: [1] },
      [{ kind: 'alpha', message: 'Transparency (associated alpha) is flattened onto white' }],
    ],
    [
      'unassociated alpha',
      { ...plain, samplesPerPixel: 4, extraSamples: [2] },
      [{ kind: 'alpha', message: 'Transparency (unassociated alpha) is flattened onto white' }],
    ],
    [
      'a sample that is no transparency',
      { ...plain, samplesPerPixel: 4, extraSamples: [0] },
      [{ kind: 'extra-samples', message: '1 extra sample per pixel is left out' }],
    ],
    [
      'samples that no ExtraSamples explain',
      { ...grey, samplesPerPixel: 3 },
      [{ kind: 'extra-samples', message: '2 extra samples per pixel are left out' }],
    ],
    [
      'alpha and others, after the colours of CMYK',
      { ...plain, photometric: 5, samplesPerPixel: 6, extraSamples: [0, 2] },
      [
        { kind: 'colour-space', message: 'Colours are converted from CMYK to RGB' },
        { kind: 'alpha', message: 'Transparency (unassociated alpha) is flattened onto white' },
        { kind: 'extra-samples', message: '1 extra sample per pixel is left out' },
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
      { kind: 'alpha', message: 'Transparency (associated alpha) is flattened onto #102030' },
    ]);
  });
});

describe('of a colour profile', () => {
  const page = { ...plain, icc: makeIcc('Wide Colours') };

  it('the conversion to sRGB is a loss, with what avoids it', async () => {
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

  const inks = {
    ...plain,
    photometric: 5,
    samplesPerPixel: 4,
    icc: makeIcc('Ink', { colourSpace: 'CMYK' }),
  };
  const clearGrey = {
    ...grey,
    samplesPerPixel: 2,
    extraSamples: [2],
    icc: makeIcc('Dots', { colourSpace: 'GRAY' }),
  };

  it.each<[string, TiffPage, InspectSetup]>([
    ['of colours that a JPEG has not', inks, {}],
    ['of greyscale that is laid on a colour', clearGrey, { background: '#ff0000' }],
  ])('nothing avoids the conversion %s', async (_, page, setup) => {
    for (const profile of ['srgb', 'keep'] as const) {
      const losses = await lossesOf([page], { ...setup, profile });
      const [loss] = losses.filter(({ kind }) => kind === 'profile');
      expect(loss?.message).toMatch(/^Colours are converted from the profile ".*" to sRGB/);
      expect(loss).not.toHaveProperty('avoidedBy');
    }
  });

  it('greyscale keeps it on a background that is grey', async () => {
    expect(await lossesOf([clearGrey], { profile: 'keep' })).toMatchObject([{ kind: 'alpha' }]);
  });

  it.each<[string, TiffPage, string]>([
    ['damaged', { ...plain, icc: Buffer.alloc(200) }, 'The colour profile is damaged and left out'],
    [
      'for other samples',
      { ...grey, icc: makeIcc('Wide Colours') },
      'The profile "Wide Colours" is left out: it is for RGB, not GRAY',
    ],
  ])('one that is %s is left out, whatever the setting', async (_, page, message) => {
    for (const profile of ['srgb', 'keep'] as const)
      expect(await lossesOf([page], { profile })).toEqual([{ kind: 'profile', page: 1, message }]);
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

  it('the resolution stays, whatever the setting', async () => {
    const page = { ...plain, entries: [{ tag: 282, type: RATIONAL, values: [300] }] };
    for (const metadata of ['none', 'copyright', 'all'] as const)
      expect(await lossesOf([page], { metadata })).toEqual([]);
  });

  it('a resolution that JFIF has no numbers for is kept by EXIF only', async () => {
    const page = { ...plain, entries: [{ tag: 282, type: RATIONAL, values: [70_000] }] };
    const message = 'Metadata left out: XResolution';
    expect(await lossesOf([page])).toEqual([
      { kind: 'metadata', page: 1, message, avoidedBy: '--metadata all' },
    ]);
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
    ['XResolution', { tag: 282, type: RATIONAL, values: [0] }],
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

  it('what no setting keeps is listed apart from what one would', async () => {
    const page = { ...plain, entries: [text(305, 'a'), text(42_112, '<GDALMetadata/>')] };
    expect(await lossesOf([page])).toEqual([
      {
        kind: 'metadata',
        page: 1,
        message: 'Metadata left out: Software',
        avoidedBy: '--metadata all',
      },
      { kind: 'metadata', page: 1, message: 'Metadata left out: GDAL metadata' },
    ]);
  });

  it('unknown tags are among what no setting keeps', async () => {
    const entries = [text(65_000, 'a'), { tag: 318, type: RATIONAL, values: [0.3127, 0.329] }];
    expect(await lossesOf([{ ...plain, entries }], { metadata: 'all' })).toEqual([
      { kind: 'metadata', page: 1, message: 'Metadata left out: WhitePoint, tag 65000' },
    ]);
  });

  it('of very many the first are named', async () => {
    const entries = Array.from({ length: 30 }, (_, i) => text(65_000 + i, 'a'));
    expect(await lossesOf([{ ...plain, entries }])).toMatchObject([
      { message: expect.stringMatching(/tag 65023 and 6 more$/) },
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

  it('those behind a broken chain are lost, too', async () => {
    const tiff = makeTiffAs({ next: 1e6 }, plain);
    expect((await inspectionOf(tiff)).losses).toEqual([
      {
        kind: 'pages',
        page: undefined,
        message: 'The list of pages is broken: pages beyond the break are not converted',
      },
    ]);
  });

  it.each([
    ['a smaller version', 1],
    ['a mask', 4],
  ])('the picture is lost where there is only %s of it', async (_, subfileType) => {
    expect(await lossesOf([{ ...plain, subfileType }])).toEqual([
      {
        kind: 'pages',
        page: undefined,
        message: 'Only a smaller version of the picture, or a mask, can be found and converted',
      },
    ]);
  });

  it('a mask is not applied', async () => {
    const mask = { ...grey, bitsPerSample: 1, photometric: 4, subfileType: 4 };
    expect(await lossesOf([plain, mask])).toEqual([
      { kind: 'mask', page: undefined, message: 'A transparency mask is not applied' },
    ]);
  });
});
