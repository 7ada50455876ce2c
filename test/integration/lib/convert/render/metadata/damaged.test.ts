import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bytes,
  dataset,
  described,
  directory,
  photographed,
  pictureWith,
  rational,
  resource,
  text,
  xmpEntry,
  xmpPacket,
} from '../../../../../support/described-tiff.ts';
import { complaintsOf, exiftool } from '../../../../../support/exiftool.ts';
import { addTo } from '../../../../../support/jpegs.ts';
import { makeTiffAs, type TiffEntry, type TiffLayout } from '../../../../../support/tiff-writer.ts';
import { useFolder } from '../../../../../support/use-folder.ts';

const folder = useFolder();
/** A JPEG in its outlines: what follows the beginning is of no interest here. */
const jpeg = Buffer.from('ffd8ffdb0004aabbffda0004ccdd00ffd9', 'hex');

const artist = text(315, 'Anna Muster');
const resolution = [rational(282, 300), rational(283, 300)];
const makerNote = (length: number) => bytes(37_500, Buffer.alloc(length, 'n'));
const lens = text(42_036, 'Rodenstock');

/** What exiftool finds in a JPEG that got the metadata of such a TIFF. */
async function add(tiff: Buffer) {
  const added = await addTo(folder, jpeg, tiff);
  return { ...added, found: await exiftool(added.path) };
}

describe('metadata that are damaged', () => {
  it.each<[string, TiffEntry[], string]>([
    [
      'a value outside the file',
      [{ ...text(269, 'Inventory'), pointer: 0x7fff_ffff }],
      'DocumentName',
    ],
    ['a count beyond all', [{ ...text(269, 'Inventory'), count: 0xffff_ffff }], 'DocumentName'],
    ['a type that nobody has defined', [{ tag: 269, type: 99, values: [1] }], 'DocumentName'],
    ['EXIF outside the file', [{ tag: 34_665, type: 4, values: [0x7fff_fff0] }], 'EXIF'],
    ['EXIF that is no directory', [{ tag: 34_853, type: 4, values: [2] }], 'GPS'],
    ['EXIF at no place', [{ tag: 34_665, type: 4, values: [0] }], 'EXIF'],
    ['GPS below EXIF', [directory(34_665, { tag: 34_853, type: 4, values: [8] }, lens)], 'GPS'],
    ['XMP without its end', [xmpEntry('<rdf:RDF><rdf:Description rdf:about="">')], 'XMP'],
    ['XMP whose ends are crossed', [xmpEntry('<rdf:RDF><a:b><c:d></a:b></c:d></rdf:RDF>')], 'XMP'],
    ['XMP that ends in a tag', [xmpEntry('<rdf:RDF></rdf:RDF><x:xmpmeta a=">"')], 'XMP'],
    ['XMP outside the file', [{ ...xmpEntry('<rdf:RDF/>'), pointer: 0x7fff_ffff }], 'XMP'],
    ['IPTC outside the file', [{ ...bytes(33_723, 'longer'), pointer: 0x7fff_ffff }], 'IPTC'],
  ])('are left out alone, and a note says so: %s', async (_, entries, name) => {
    const tiff = makeTiffAs({}, pictureWith(...resolution, artist, ...entries));
    const { path, found, notes } = await add(tiff);
    expect(found['IFD0:Artist']).toBe('Anna Muster');
    expect(await complaintsOf(path)).toEqual([]);
    expect(notes).toContainEqual({
      code: 'METADATA_DROPPED',
      message: expect.stringContaining(name),
    });
  });

  it('do not bring TIFF’s own tags into EXIF when a pointer leads back to the page', async () => {
    const tiff = makeTiffAs({}, pictureWith(artist, { tag: 34_665, type: 4, values: [8] }));
    const { found } = await add(tiff);
    expect(found['IFD0:Artist']).toBe('Anna Muster');
    expect(Object.keys(found).filter((name) => name.startsWith('ExifIFD:'))).toEqual([]);
  });

  it('are named in one note, however many they are', async () => {
    const lost = Array.from({ length: 25 }, (_, i) => ({
      ...text(36_880 + i, 'offset'),
      pointer: 0x7fff_ffff,
    }));
    const tiff = makeTiffAs({}, pictureWith(directory(34_665, ...lost)));
    const { notes } = await add(tiff);
    expect(notes).toHaveLength(1);
    expect(notes[0]?.message).toContain('19 more');
    expect(notes[0]?.message.length).toBeLessThan(500);
  });
});

describe('wide numbers of BigTIFF', () => {
  it('become those of EXIF where they can', async () => {
    const exif = [
      { tag: 34_855, type: 16, values: [400] },
      { tag: 34_866, type: 16, values: [2n ** 40n] },
    ];
    const tiff = makeTiffAs({ big: true }, pictureWith(directory(34_665, ...exif)));
    const { found, notes } = await add(tiff);
    expect(found['ExifIFD:ISO']).toBe(400);
    expect(notes[0]?.message).toContain('34866');
  });
});

describe('EXIF beyond its 64 kB', () => {
  it('loses the MakerNote first', async () => {
    const comment = bytes(
      37_510,
      Buffer.concat([Buffer.from('ASCII\0\0\0'), Buffer.alloc(40_000, 'c')]),
    );
    const tiff = makeTiffAs(
      {},
      pictureWith(artist, directory(34_665, makerNote(30_000), comment, lens)),
    );
    const { found, notes } = await add(tiff);
    expect(String(found['ExifIFD:UserComment'])).toHaveLength(40_000);
    expect(found).toMatchObject({
      'IFD0:Artist': 'Anna Muster',
      'ExifIFD:LensModel': 'Rodenstock',
    });
    expect(notes).toEqual([
      { code: 'METADATA_DROPPED', message: expect.stringMatching(/: MakerNote \([^,]*$/) },
    ]);
  });

  it('loses then what is largest', async () => {
    const entries = [text(270, 'd'.repeat(40_000)), text(305, 's'.repeat(30_000)), artist];
    const { found, notes } = await add(makeTiffAs({}, pictureWith(...entries)));
    expect(String(found['IFD0:Software'])).toHaveLength(30_000);
    expect(found).not.toHaveProperty('IFD0:ImageDescription');
    expect(notes[0]?.message).toContain('ImageDescription');
  });

  it('loses a value that is larger than all of it', async () => {
    const tiff = makeTiffAs({}, pictureWith(artist, directory(34_665, makerNote(200_000), lens)));
    const { found, notes } = await add(tiff);
    expect(found).toMatchObject({
      'IFD0:Artist': 'Anna Muster',
      'ExifIFD:LensModel': 'Rodenstock',
    });
    expect(notes[0]?.message).toContain('MakerNote');
  });

  it.each([65_410, 65_411, 65_412, 65_413, 65_600])(
    'is filled to its last byte: %i',
    async (length) => {
      const { found } = await add(
        makeTiffAs({}, pictureWith(text(270, 'd'.repeat(length)), artist)),
      );
      // Header, a table of six entries (four of them added: YCbCrPositioning and an unknown
      // resolution), the values of the resolution, and the artist.
      const fits = 8 + 78 + 16 + 12 + length + 1 + ((length + 1) % 2) <= 65_527;
      expect(String(found['IFD0:ImageDescription'] ?? '')).toHaveLength(fits ? length : 0);
      expect(found['IFD0:Artist']).toBe('Anna Muster');
    },
  );
});

/** A TIFF with everything in it. */
function richTiff(layout: TiffLayout): Buffer {
  const iptc = Buffer.concat([
    dataset(2, 80, 'Anna'),
    dataset(2, 116, 'Archive'),
    dataset(2, 202, Buffer.alloc(40_000)),
  ]);
  const blocks = [
    xmpEntry(xmpPacket('tiff:Orientation="6"')),
    bytes(33_723, iptc),
    bytes(34_377, resource(0x0404, iptc)),
  ];
  return makeTiffAs(layout, {
    ...pictureWith(...described, ...photographed, ...blocks),
    orientation: 6,
  });
}

describe('a TIFF that is damaged anyhow', () => {
  /** Application segments one after the other, then what was there before. */
  function expectWhole(made: Buffer): void {
    let at = 2;
    for (; at < made.length - jpeg.length + 2; at += 2 + made.readUInt16BE(at + 2))
      expect(made.readUInt16BE(at) & 0xfff0).toBe(0xffe0);
    expect(made.subarray(at).equals(jpeg.subarray(2))).toBe(true);
  }

  it.each<[string, TiffLayout]>([
    ['classic', {}],
    ['BigTIFF, big-endian', { big: true, bigEndian: true }],
  ])('loses at most its metadata: %s', async (_, layout) => {
    const whole = richTiff(layout);
    const interesting = fc.constantFrom(0, 1, 4, 0x7f, 0x80, 0xff);
    const change = fc.record({
      at: fc.nat(whole.length - 1),
      value: fc.oneof(interesting, fc.nat(255)),
    });
    // The tables are at the beginning: most changes should be there.
    const early = fc.record({ at: fc.nat(3_000), value: interesting });
    const changes = fc.array(fc.oneof(early, early, change), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(changes, fc.option(fc.nat(whole.length)), async (made, cut) => {
        const tiff = Buffer.from(whole);
        for (const { at, value } of made) tiff[at] = value;
        for (const mode of ['copyright', 'all'] as const) {
          const { bytes: added, notes } = await addTo(
            folder,
            jpeg,
            tiff.subarray(0, cut ?? tiff.length),
            mode,
          );
          expectWhole(added);
          expect(notes.length).toBeLessThan(2);
        }
      }),
      { numRuns: 250 },
    );
  });

  it('is read quickly, also with text made to be slow', async () => {
    for (const text of [
      'tiff:Orientation="',
      '<tiff:Orientation ',
      '<tiff:Orientation>',
      'xmlns:a="http://ns.adobe.com/tiff/1.0/"',
      ' '.repeat(50),
    ]) {
      const packet = xmpPacket('', text.repeat(1_000_000 / text.length));
      expectWhole((await addTo(folder, jpeg, makeTiffAs({}, pictureWith(xmpEntry(packet))))).bytes);
    }
  });
});
