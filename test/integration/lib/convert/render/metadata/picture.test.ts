import { describe, expect, it } from 'vitest';
import {
  photographed,
  pictureWith,
  rational,
  short,
  text,
  xmpEntry,
  xmpPacket,
} from '../../../../../support/described-tiff.ts';
import { groupsOf } from '../../../../../support/exiftool.ts';
import { addTo, useJpegs } from '../../../../../support/jpegs.ts';
import { makeTiffAs, type TiffEntry } from '../../../../../support/tiff-writer.ts';

const { folder, make } = useJpegs();
const turned = [2, 3, 4, 5, 6, 7, 8];
const names = [
  '',
  '',
  'Mirror horizontal',
  'Rotate 180',
  'Mirror vertical',
  'Mirror horizontal and rotate 270 CW',
  'Rotate 90 CW',
  'Mirror horizontal and rotate 90 CW',
  'Rotate 270 CW',
];

describe('the resolution', () => {
  it.each([
    ['dots an inch', [300, 300, 2], [300, 300, 'inches'], [300, 300, 'inches']],
    ['whole dots a centimetre', [120, 120, 3], [120, 120, 'cm'], [120, 120, 'cm']],
    [
      'other dots a centimetre, in JFIF as inches',
      [118.11, 118.11, 3],
      [118.11, 118.11, 'cm'],
      [300, 300, 'inches'],
    ],
    [
      'a fraction, exact in EXIF',
      [299.5, 299.5, 2],
      [299.5, 299.5, 'inches'],
      [300, 300, 'inches'],
    ],
    ['two that differ', [300, 600, 2], [300, 600, 'inches'], [300, 600, 'inches']],
    ['an aspect ratio', [2, 1, 1], [2, 1, 'None'], [2, 1, 'None']],
    ['an aspect ratio in fractions', [1.5, 1, 1], [1.5, 1, 'None'], [1500, 1000, 'None']],
  ] as const)('is kept as it is: %s', async (_, [x, y, unit], exif, jfif) => {
    const tiff = makeTiffAs({}, pictureWith(rational(282, x), rational(283, y), short(296, unit)));
    for (const metadata of ['none', 'copyright', 'all'] as const) {
      const { found } = await make(tiff, { metadata });
      const of = (group: string) =>
        ['XResolution', 'YResolution', 'ResolutionUnit'].map((tag) => found[`${group}:${tag}`]);
      expect(of('IFD0')).toEqual(metadata === 'none' ? exif.map(() => undefined) : exif);
      expect(of('JFIF')).toEqual(jfif);
    }
  });

  it.each([
    ['is zero, nor in EXIF', [0, 0], []],
    ['is beyond what JFIF can say', [70_000, 70_000], ['IFD0']],
  ])('is not in JFIF when it %s', async (_, [x = 0, y = 0], groups) => {
    const tiff = makeTiffAs({}, pictureWith(rational(282, x), rational(283, y)));
    const { found } = await make(tiff, { metadata: 'all' });
    expect(groupsOf(found)).toEqual(groups);
  });

  it.each<[string, TiffEntry[]]>([
    ['there is none', []],
    ['it is zero', [rational(282, 0), rational(283, 0)]],
    ['one of the two is zero', [rational(282, 300), rational(283, 0)]],
    ['it is no number', [{ tag: 282, type: 11, values: [Number.NaN] }]],
    ['it is beyond what JFIF can say', [rational(282, 70_000), rational(283, 70_000)]],
    ['it would be zero in JFIF', [rational(282, 0.25), rational(283, 0.25)]],
    ['its values are not in the file', [{ tag: 282, type: 5, values: [], count: 1, pointer: 9e6 }]],
    ['it is a text', [text(282, '300')]],
    ['its unit has no value', [rational(282, 300), { tag: 296, type: 3, values: [], count: 0 }]],
    ['its unit is 0', [rational(282, 300), rational(283, 300), short(296, 0)]],
    ['its unit is 4', [rational(282, 300), rational(283, 300), short(296, 4)]],
  ])('leaves the JPEG byte for byte as it is when %s', async (_, entries) => {
    // Sharp's libtiff refuses some of these; what it decodes is the same picture without them.
    const bare = await make(makeTiffAs({}, pictureWith()));
    const { bytes } = await addTo(
      folder,
      bare.bytes,
      makeTiffAs({}, pictureWith(...entries)),
      'none',
    );
    expect(bytes.equals(bare.bytes)).toBe(true);
  });

  it.each([
    [6, 'memory', 600, 300],
    [8, 'disk', 600, 300],
    [3, 'memory', 300, 600],
    [6, 'tag', 300, 600],
  ] as const)(
    'goes with the sides of the picture: orientation %i, turned by %s',
    async (orientation, turn, x, y) => {
      const resolution = [rational(282, 300), rational(283, 600)];
      const tiff = makeTiffAs({}, { ...pictureWith(...resolution), orientation });
      const { found } = await make(tiff, { metadata: 'all', turn });
      expect([found['IFD0:XResolution'], found['IFD0:YResolution']]).toEqual([x, y]);
      expect([found['JFIF:XResolution'], found['JFIF:YResolution']]).toEqual([x, y]);
      const bare = (await make(tiff, { turn })).found;
      expect([bare['JFIF:XResolution'], bare['JFIF:YResolution']]).toEqual([x, y]);
    },
  );
});

describe('a picture that was turned upright', () => {
  it.each(turned)('has no orientation any more, and its size in EXIF: %i', async (orientation) => {
    const tiff = makeTiffAs({}, { ...pictureWith(...photographed), orientation });
    for (const turn of ['memory', 'disk'] as const) {
      const { found } = await make(tiff, { metadata: 'all', turn });
      expect(found).not.toHaveProperty('IFD0:Orientation');
      expect([found['ExifIFD:ExifImageWidth'], found['ExifIFD:ExifImageHeight']]).toEqual(
        orientation >= 5 ? [16, 24] : [24, 16],
      );
      expect(found).not.toHaveProperty('ExifIFD:SubjectArea');
    }
  });

  it.each([
    [
      'as attributes',
      (o: number) =>
        xmpPacket(`tiff:Orientation="${o}" tiff:ImageWidth = '24' exif:PixelYDimension="16"`),
    ],
    [
      'as elements',
      (o: number) =>
        xmpPacket(
          '',
          `<tiff:Orientation>${o}</tiff:Orientation><tiff:ImageWidth>24</tiff:ImageWidth><exif:PixelYDimension>16</exif:PixelYDimension>`,
        ),
    ],
    [
      'by another prefix',
      (o: number) =>
        xmpPacket(
          '',
          `<t:Orientation xmlns:t="http://ns.adobe.com/tiff/1.0/">${o}</t:Orientation><tiff:ImageWidth>24</tiff:ImageWidth><exif:PixelYDimension>16</exif:PixelYDimension>`,
        ),
    ],
  ])('is not turned again by its XMP, which says so %s', async (_, packet) => {
    const tiff = makeTiffAs({}, { ...pictureWith(xmpEntry(packet(6))), orientation: 6 });
    const { found } = await make(tiff, { metadata: 'all', turn: 'memory' });
    expect(found).toMatchObject({
      'XMP-tiff:Orientation': 'Horizontal (normal)',
      'XMP-tiff:ImageWidth': 16,
      'XMP-exif:ExifImageHeight': 24,
    });
  });
});

describe('a picture that lies as it was scanned', () => {
  it.each(
    turned.flatMap((o) => (['none', 'copyright', 'all'] as const).map((m) => [o, m] as const)),
  )('says so, whatever else is kept: orientation %i, %s', async (orientation, metadata) => {
    const xmp = xmpEntry(xmpPacket(`tiff:Orientation="${orientation}"`));
    const tiff = makeTiffAs(
      { bigEndian: true },
      { ...pictureWith(text(315, 'Anna'), xmp), orientation },
    );
    const { found } = await make(tiff, { metadata, turn: 'tag' });
    expect(found['IFD0:Orientation']).toBe(names[orientation]);
    expect(found['XMP-tiff:Orientation']).toBe(metadata === 'all' ? names[orientation] : undefined);
    expect(found['IFD0:Artist']).toBe(metadata === 'none' ? undefined : 'Anna');
  });

  it('says nothing else where nothing is kept', async () => {
    const tiff = makeTiffAs({}, { ...pictureWith(text(315, 'Anna')), orientation: 6 });
    const { found } = await make(tiff, { turn: 'tag' });
    expect(Object.keys(found).filter((name) => name.startsWith('IFD0:'))).toEqual([
      'IFD0:Orientation',
    ]);
    expect(groupsOf(found)).toEqual(['IFD0']);
  });
});
