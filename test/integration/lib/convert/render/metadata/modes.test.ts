import { describe, expect, it } from 'vitest';
import {
  described,
  directory,
  photographed,
  pictureWith,
  rational,
  short,
  text,
} from '../../../../../support/described-tiff.ts';
import { complaintsOf, groupsOf } from '../../../../../support/exiftool.ts';
import { useJpegs } from '../../../../../support/jpegs.ts';
import { decodeJpeg, largestDifference } from '../../../../../support/pixels.ts';
import { makeTiffAs, type TiffEntry, type TiffLayout } from '../../../../../support/tiff-writer.ts';

const { make } = useJpegs();
const layouts: (TiffLayout & { name: string })[] = [
  { name: 'little-endian' },
  { name: 'big-endian', bigEndian: true },
  { name: 'BigTIFF', big: true },
  { name: 'BigTIFF, big-endian', big: true, bigEndian: true },
];
const page = pictureWith(...described, ...photographed);

describe.each(layouts)('JPEG_METADATA=all ($name)', (layout) => {
  it('keeps the tags of the page’s directory', async () => {
    const { found, notes } = await make(makeTiffAs(layout, page), { metadata: 'all' });
    expect(notes).toEqual([]);
    expect(found).toMatchObject({
      'IFD0:DocumentName': 'Inventory 4711',
      'IFD0:ImageDescription': 'Deed of gift – „Schenkung“, Zürich',
      'IFD0:Make': 'Phase One',
      'IFD0:Model': 'iXG 100MP',
      'IFD0:XResolution': 300,
      'IFD0:YResolution': 300,
      'IFD0:PageName': 'folio 12r',
      'IFD0:ResolutionUnit': 'inches',
      'IFD0:PageNumber': '4 120',
      'IFD0:Software': 'Capture One 22',
      'IFD0:ModifyDate': '2024:03:07 10:11:12',
      'IFD0:Artist': 'Anna Muster',
      'IFD0:HostComputer': 'scan-03',
      'IFD0:Copyright': 'State Archive',
      'JFIF:XResolution': 300,
      'JFIF:ResolutionUnit': 'inches',
    });
    expect(found['ExifTool:Warning']).toBeUndefined();
  });

  it('keeps EXIF, GPS and interoperability', async () => {
    const { path, found } = await make(makeTiffAs(layout, page), { metadata: 'all' });
    expect(found).toMatchObject({
      'ExifIFD:ExposureTime': '1/8',
      'ExifIFD:ISO': 100,
      'ExifIFD:ExifVersion': '0232',
      'ExifIFD:DateTimeOriginal': '2024:03:07 09:08:07',
      'ExifIFD:UserComment': 'with a loupe',
      'ExifIFD:ColorSpace': 'Uncalibrated',
      'ExifIFD:LensModel': 'Rodenstock',
      'GPS:GPSLatitudeRef': 'North',
      'GPS:GPSLatitude': `47 deg 22' 30.00"`,
      'InteropIFD:InteropIndex': expect.stringContaining('R03'),
    });
    expect(await complaintsOf(path)).toEqual([]);
  });

  it('keeps no tag that describes the stored pixels, here or in EXIF', async () => {
    const { found } = await make(makeTiffAs(layout, page), { metadata: 'all' });
    const names = Object.keys(found).join(' ');
    expect(names).not.toMatch(
      /IFD0:(Strip|Tile|Rows|Bits|Samples|Compression|Photometric|Image[WL])/,
    );
    expect(names).not.toContain('IFD0:Orientation');
    // Of the JPEG's own pixels.
    expect(found['ExifIFD:ComponentsConfiguration']).toBe('Y, Cb, Cr, -');
  });
});

describe('EXIF that lacks what a JPEG must have', () => {
  it.each([
    ['of colour', 3, 'Y, Cb, Cr, -'],
    ['of grey', 1, 'Y, -, -, -'],
  ])('gets it with the JPEG’s values: %s', async (_, samplesPerPixel, components) => {
    const lens = directory(34_665, text(42_036, 'Rodenstock'));
    const place = directory(34_853, text(1, 'N'), rational(2, 47, 22, 30));
    const page = pictureWith(rational(282, 300), rational(283, 300), lens, place);
    const photometric = samplesPerPixel === 1 ? 1 : 2;
    const tiff = makeTiffAs({}, { ...page, samplesPerPixel, photometric });
    const { path, found } = await make(tiff, { metadata: 'all' });
    expect(await complaintsOf(path)).toEqual([]);
    expect(found).toMatchObject({
      'IFD0:ResolutionUnit': 'inches',
      'IFD0:YCbCrPositioning': 'Centered',
      'ExifIFD:ExifVersion': '0232',
      'ExifIFD:ComponentsConfiguration': components,
      'ExifIFD:FlashpixVersion': '0100',
      'ExifIFD:ColorSpace': 'Uncalibrated',
      'ExifIFD:ExifImageWidth': 24,
      'ExifIFD:ExifImageHeight': 16,
      'GPS:GPSVersionID': '2.3.0.0',
    });
  });

  it.each<[string, TiffEntry[], object, string[]]>([
    [
      'is unknown, as EXIF says that',
      [],
      { XResolution: 72, YResolution: 72, ResolutionUnit: 'inches' },
      [],
    ],
    [
      'is unknown, though its unit is not',
      [short(296, 3)],
      { XResolution: 72, YResolution: 72, ResolutionUnit: 'inches' },
      [],
    ],
    [
      'is known across only',
      [rational(282, 118), short(296, 3)],
      { XResolution: 118, YResolution: 118, ResolutionUnit: 'cm' },
      ['JFIF'],
    ],
    [
      'is known down only',
      [rational(283, 300)],
      { XResolution: 300, YResolution: 300, ResolutionUnit: 'inches' },
      ['JFIF'],
    ],
  ])('has a resolution where the TIFF’s %s', async (_, entries, resolution, others) => {
    const tiff = makeTiffAs({}, pictureWith(text(315, 'Anna'), ...entries));
    const { path, found } = await make(tiff, { metadata: 'all' });
    for (const [name, value] of Object.entries(resolution))
      expect(found[`IFD0:${name}`], name).toBe(value);
    expect(await complaintsOf(path)).toEqual([]);
    // JFIF has what is known, and no directory is made up.
    expect(groupsOf(found)).toEqual(['IFD0', ...others]);
  });

  it.each<[string, TiffEntry[]]>([
    ['nothing', [rational(282, 0), rational(283, 0)]],
    ['numbers of no defined unit', [rational(282, 300), rational(283, 300), short(296, 0)]],
  ])('has an unknown resolution where the TIFF’s is %s, and a note says so', async (_, entries) => {
    const tiff = makeTiffAs({}, pictureWith(text(315, 'Anna'), ...entries));
    const { path, found, notes } = await make(tiff, { metadata: 'all' });
    expect(found).toMatchObject({
      'IFD0:XResolution': 72,
      'IFD0:YResolution': 72,
      'IFD0:ResolutionUnit': 'inches',
    });
    expect(await complaintsOf(path)).toEqual([]);
    expect(groupsOf(found)).toEqual(['IFD0']);
    expect(notes).toMatchObject([
      { code: 'METADATA_DROPPED', message: expect.stringContaining('the resolution (') },
    ]);
  });

  it('is not made up where the TIFF has nothing of it', async () => {
    const { found } = await make(makeTiffAs({}, pictureWith()), { metadata: 'all' });
    expect(groupsOf(found)).toEqual([]);
  });
});

describe('JPEG_METADATA=copyright', () => {
  it('keeps copyright and resolution, and nothing else', async () => {
    const { found } = await make(makeTiffAs({}, page), { metadata: 'copyright' });
    const own = Object.keys(found).filter((name) => /^(IFD0|ExifIFD|GPS|IPTC|XMP.*):/.test(name));
    expect(own.sort()).toEqual(
      ['Artist', 'Copyright', 'ResolutionUnit', 'XResolution', 'YResolution'].map(
        (name) => `IFD0:${name}`,
      ),
    );
    expect(groupsOf(found)).toEqual(['IFD0', 'JFIF']);
  });
});

describe('JPEG_METADATA=none', () => {
  it('keeps the resolution; the rest is the JPEG of a TIFF without metadata', async () => {
    const { bytes, found } = await make(makeTiffAs({}, page));
    const bare = await make(makeTiffAs({}, pictureWith()));
    expect(bytes.subarray(-(bare.bytes.length - 2)).equals(bare.bytes.subarray(2))).toBe(true);
    expect(bytes.length - bare.bytes.length).toBe(18);
    expect(groupsOf(found)).toEqual(['JFIF']);
    expect(groupsOf(bare.found)).toEqual([]);
  });
});

describe('every mode', () => {
  it.each(['copyright', 'all'] as const)(
    'adds to the JPEG without a change to its pixels: %s',
    async (metadata) => {
      const plain = await make(makeTiffAs({}, pictureWith()));
      const rich = await make(makeTiffAs({}, page), { metadata });
      const [a, b] = [await decodeJpeg(plain.path), await decodeJpeg(rich.path)];
      expect(largestDifference(a, b)).toBe(0);
      // SOI, then what was added, then the rest.
      expect(rich.bytes.subarray(-(plain.bytes.length - 2)).equals(plain.bytes.subarray(2))).toBe(
        true,
      );
    },
  );

  it.each(['copyright', 'all'] as const)(
    'accepts a TIFF that has nothing to keep: %s',
    async (metadata) => {
      const { bytes, notes } = await make(makeTiffAs({}, pictureWith()), { metadata });
      const bare = await make(makeTiffAs({}, pictureWith()));
      expect(bytes.equals(bare.bytes)).toBe(true);
      expect(notes).toEqual([]);
    },
  );

  it('keeps the metadata of the page that is converted', async () => {
    const pages = ['first', 'second'].map((name) => pictureWith(text(285, name)));
    const tiff = makeTiffAs({}, ...pages);
    for (const [index, name] of ['first', 'second'].entries())
      expect((await make(tiff, { metadata: 'all', index })).found['IFD0:PageName']).toBe(name);
  });
});

describe('text without the NUL that TIFF asks for', () => {
  it('ends with one in the JPEG', async () => {
    const lens = { tag: 42_036, type: 2, values: [...Buffer.from('Rodenstock')] };
    const tiff = makeTiffAs({}, pictureWith(directory(34_665, lens)));
    const { found, bytes } = await make(tiff, { metadata: 'all' });
    expect(found['ExifIFD:LensModel']).toBe('Rodenstock');
    expect(bytes.includes('Rodenstock\0')).toBe(true);
  });
});
