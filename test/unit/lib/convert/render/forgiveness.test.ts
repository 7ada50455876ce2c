import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../../src/lib/convert/convert-in-place.ts';
import type { TiffPage as HeaderPage } from '../../../../../src/lib/convert/header/tiff-header.ts';
import { type Converter, openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import {
  areForgiven,
  forgivable,
  notesOnForgiven,
} from '../../../../../src/lib/convert/render/forgiveness.ts';
import { makeFolder, type TestFolder } from '../../../../support/folder.ts';
import { decodeJpeg, largestDifference } from '../../../../support/pixels.ts';
import {
  makeTiffAs,
  type TiffEntry,
  type TiffLayout,
  type TiffPage,
} from '../../../../support/tiff-writer.ts';

let folder: TestFolder;
let converter: Converter;
beforeAll(async () => {
  folder = await makeFolder();
  converter = openConverter(await folder.make('work'));
});
afterAll(async () => {
  await converter.close();
  await folder.remove();
});

const [ASCII, SHORT, RATIONAL] = [2, 3, 5];
const page: TiffPage = {
  width: 64,
  height: 48,
  samplesPerPixel: 3,
  photometric: 2,
  rowsPerStrip: 8,
  data: Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, i) => (i * 7) % 251)),
};
const entry = (
  tag: number,
  type: number,
  values: readonly number[],
  claims: Partial<TiffEntry> = {},
) => ({ entries: [{ tag, type, values, ...claims }] }) as const;
const text = (value: string) => [...Buffer.from(value)];

async function convert(changes: Partial<TiffPage>, layout: TiffLayout = {}) {
  const input = await folder.write('in.tif', makeTiffAs(layout, { ...page, ...changes }));
  const made = await convertInPlace(input, folder.path('out.jpg'), { converter });
  return { made, picture: await decodeJpeg(folder.path('out.jpg')) };
}

describe('a directory that breaks the specification', () => {
  it.each<[string, Partial<TiffPage>, TiffLayout, RegExp]>([
    ['tags out of order', {}, { descending: true }, /tags are not sorted/],
    [
      'a text without its end',
      entry(305, ASCII, text('arke')),
      {},
      /"Software" does not end in null byte/,
    ],
    [
      'a text with an end inside',
      entry(305, ASCII, text('ar\0ke\0')),
      {},
      /"Software" contains null byte/,
    ],
    [
      'a wrong number of values',
      entry(296, SHORT, [2, 2, 2]),
      {},
      /Incorrect count for "ResolutionUnit"; tag ignored/,
    ],
    [
      'a wrong number of resolutions',
      entry(282, RATIONAL, [300, 300]),
      {},
      /Incorrect count for "XResolution"/,
    ],
    [
      'half a page number',
      entry(297, SHORT, [1]),
      {},
      /incorrect count for field "PageNumber", expected 2, got 1/,
    ],
    ['a text of numbers', entry(305, SHORT, [1]), {}, /"Software" does not end in null byte/],
    [
      'a text of 4 GB',
      entry(305, ASCII, text('arke-tiff\0'), { count: 4e9, pointer: 8 }),
      {},
      /Sanity check on size of "Software" value failed/,
    ],
    [
      'a tag twice',
      {
        entries: [
          ...entry(305, ASCII, text('a\0')).entries,
          ...entry(305, ASCII, text('b\0')).entries,
        ],
      },
      {},
      /tags are not sorted/,
    ],
  ])('is forgiven, and reported once: %s', async (_, changes, layout, message) => {
    const { made, picture } = await convert(changes, layout);
    expect(made.notes).toEqual([
      { code: 'WARNINGS_FORGIVEN', message: expect.stringMatching(message) },
    ]);
    const { picture: upright } = await convert({});
    expect(largestDifference(picture, upright)).toBe(0);
  });

  it('is quoted', async () => {
    const { made } = await convert({}, { descending: true });
    expect(made.notes[0]?.message).toBe(
      'The TIFF breaks the specification, but its picture is complete: ' +
        'Invalid TIFF directory; tags are not sorted in ascending order',
    );
  });

  it.each<[string, Partial<TiffPage>, TiffLayout]>([
    ['ColorMap', entry(320, SHORT, [1, 2]), {}],
    ['YCbCrSubsampling', entry(530, SHORT, [1, 1, 1]), {}],
    ['TransferFunction', entry(301, SHORT, [1, 2, 3]), {}],
    ['Orientation', entry(274, SHORT, [6, 6]), {}],
    ['SampleFormat', entry(339, SHORT, [1, 1, 1], { pointer: 1e8 }), {}],
  ])('is not forgiven where it is about the picture: %s', async (_, changes, layout) => {
    await expect(convert(changes, layout)).rejects.toMatchObject({ code: 'UNREADABLE_TIFF' });
  });

  it('is not forgiven where a part of the picture is missing, too', async () => {
    const bytes = makeTiffAs({ descending: true }, page);
    for (const cut of [1, 40, 200, 2_000, bytes.length - 500]) {
      const input = await folder.write('cut.tif', bytes.subarray(0, bytes.length - cut));
      const output = folder.path('cut.jpg');
      await expect(convertInPlace(input, output, { converter }), `${cut} less`).rejects.toThrow();
      expect(existsSync(output)).toBe(false);
    }
  });

  it('does not affect the next TIFF of the same process', async () => {
    await expect(convert(entry(320, SHORT, [1, 2]))).rejects.toThrow('ColorMap');
    const { made } = await convert({}, { descending: true });
    expect(made.notes.map(({ message }) => message).join()).not.toContain('ColorMap');
    expect((await convert({})).made.notes).toEqual([]);
  });
});

describe('a Group 3 fax', () => {
  /**
   * White lines of 64 pixels (ITU-T T.4: make-up 64, then 0); damaged ones end after two black
   * pixels.
   */
  function fax(height: number, damaged: readonly number[], compression = 3): Partial<TiffPage> {
    const lines = Array.from({ length: height }, (_, line) =>
      damaged.includes(line) ? '0011010111' : '1101100110101',
    );
    const bits = lines.map((line) => `000000000001${line}`).join('');
    const padded = `${bits}000000000001`.padEnd(Math.ceil((bits.length + 12) / 8) * 8, '0');
    const data = Buffer.from(padded.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
    return {
      width: 64,
      height,
      samplesPerPixel: 1,
      bitsPerSample: 1,
      photometric: 0,
      compression,
      rowsPerStrip: height,
      data,
      segments: [data],
    };
  }

  it('with all of its lines has no note', async () => {
    expect((await convert(fax(100, []))).made.notes).toEqual([]);
  });

  it.each([
    ['one of 100', 100, [40], /^1 fax line is damaged \(line \d+\); the rest is complete$/],
    [
      'two of 60',
      60,
      [10, 30],
      /^2 fax lines are damaged \(line \d+, line \d+\); the rest is complete$/,
    ],
    ['five of 600', 600, [1, 100, 200, 300, 400], /^5 fax lines are damaged/],
  ] as const)('is converted with a few damaged lines: %s', async (_, height, lines, message) => {
    const { made } = await convert(fax(height, lines));
    expect(made).toMatchObject({ width: 64, height });
    expect(made.notes).toEqual([
      { code: 'FAX_LINES_DAMAGED', message: expect.stringMatching(message) },
    ]);
  });

  it.each([
    ['three of 60', 60, [10, 20, 30]],
    ['all', 40, Array.from({ length: 40 }, (_, i) => i)],
  ] as const)('is an error with more: %s', async (_, height, lines) => {
    await expect(convert(fax(height, lines))).rejects.toMatchObject({ code: 'UNREADABLE_TIFF' });
  });
});

describe('what is forgiven', () => {
  const header = {
    height: 48,
    compression: 1,
    segments: { count: 1, needed: 1, empty: 0, end: 900 },
  };
  const complete = header as unknown as HeaderPage;
  const harmless = 'Incorrect count for "XResolution"; tag ignored';
  const failed = (...lines: string[]) =>
    new Error(['Warning treated as error due to failOn setting', ...lines].join('\n'));

  it.each<[string, unknown, HeaderPage, boolean]>([
    ['harmless warnings', failed(harmless, 'error in tile 0 x 0'), complete, true],
    ['no warnings at all', failed(), complete, false],
    ['an error that is none of warnings', new Error(harmless), complete, false],
    ['one of the data among them', failed(harmless, 'Read error on strip 3'), complete, false],
    [
      'a page whose data end behind the file',
      failed(harmless),
      {
        ...complete,
        compression: 5,
        segments: { ...complete.segments, kind: 'strips', end: 1_001 },
      } as HeaderPage,
      false,
    ],
    [
      'a page without a list of strips',
      failed(harmless),
      { ...complete, segments: undefined },
      false,
    ],
  ])('%s', (_, error, one, expected) => {
    expect(forgivable(error, one, 1_000)).toBe(expected);
  });

  it.each([
    'Photometric tag is missing, assuming data is YCbCr',
    'Wrong "StripByteCounts" field, ignoring and calculating from imagelength',
    'Incorrect count for "ReferenceBlackWhite"; tag ignored',
    'Ignoring "SMaxSampleValue"',
    'Corrupt JPEG data: premature end of data segment',
    'Fax4Decode: Uncompressed data (not supported) at line 3 of strip 0 (x 5)',
    'LZWDecode: Not enough data at scanline 0 (short 30 bytes)',
    'Unknown field with tag 700\nRead error on strip 3',
  ])('is no warning about the picture: %s', (warning) => {
    expect(areForgiven([harmless, warning], complete)).toBe(false);
  });

  it('is no damaged line of any other fax than Group 3', () => {
    const warning = 'Premature EOL at line 7 of strip 0 (got 3, expected 64)';
    expect(areForgiven([warning], { ...complete, compression: 3 })).toBe(true);
    for (const compression of [2, 4, 1, 5])
      expect(areForgiven([warning], { ...complete, compression })).toBe(false);
  });

  it('is not reported again if the header shows it, and only then', () => {
    const progressive =
      'The JPEG strip/tile is encoded with progressive mode, which is normally not legal for JPEG-in-TIFF.\nlibtiff should be able to decode it, but it might cause compatibility issues with other readers';
    const [both, one] = [[progressive], progressive.split('\n')];
    for (const said of [both, one]) {
      expect(areForgiven(said, { ...complete, compression: 7 })).toBe(true);
      expect(notesOnForgiven(said, { progressive: true })).toEqual([]);
      // A later strip may be progressive where the first one is not.
      expect(notesOnForgiven(said, {})).toMatchObject([
        { message: expect.stringMatching(/complete: The JPEG .* progressive mode/) },
      ]);
    }
    const [told] = notesOnForgiven([...one, harmless], { progressive: true });
    expect(told?.message).toMatch(/complete: Incorrect count for "XResolution"; tag ignored$/);
  });

  it('is reported with each line once, and the strip if there are several', () => {
    const at = (line: number, strip: number) =>
      `Premature EOL at line ${line} of strip ${strip} (got 3, expected 64)`;
    expect(notesOnForgiven([at(3, 0), at(3, 0), at(3, 2), harmless, harmless], {})).toEqual([
      {
        code: 'WARNINGS_FORGIVEN',
        message: expect.stringMatching(/complete: Incorrect count for "XResolution"; tag ignored$/),
      },
      {
        code: 'FAX_LINES_DAMAGED',
        message: '2 fax lines are damaged (line 3, line 3 of strip 2); the rest is complete',
      },
    ]);
  });
});
