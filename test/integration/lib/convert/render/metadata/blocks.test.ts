import { describe, expect, it } from 'vitest';
import {
  bytes,
  dataset,
  pictureWith,
  resource,
  xmpEntry,
  xmpPacket,
} from '../../../../../support/described-tiff.ts';
import { complaintsOf, exiftoolBytes, groupsOf } from '../../../../../support/exiftool.ts';
import { useJpegs } from '../../../../../support/jpegs.ts';
import { makeTiffAs, type TiffEntry } from '../../../../../support/tiff-writer.ts';

const { make } = useJpegs();
const tiffWith = (...entries: TiffEntry[]) => makeTiffAs({}, pictureWith(...entries));
const IPTC = 33_723;
const PHOTOSHOP = 34_377;
const [LONG] = [4];

const iptc = Buffer.concat([
  dataset(1, 90, '\x1b%G'),
  dataset(2, 5, 'Deed'),
  dataset(2, 25, 'gift'),
  dataset(2, 25, 'Zürich'),
  dataset(2, 80, 'Anna Müster'),
  dataset(2, 85, 'Photographer'),
  dataset(2, 110, 'State Archive'),
  dataset(2, 115, 'Fonds 12'),
  dataset(2, 116, '© State Archive'),
]);
const ofCopyright = {
  'IPTC:By-line': 'Anna Müster',
  'IPTC:By-lineTitle': 'Photographer',
  'IPTC:Credit': 'State Archive',
  'IPTC:Source': 'Fonds 12',
  'IPTC:CopyrightNotice': '© State Archive',
};

describe('XMP', () => {
  const packet = xmpPacket(
    'dc:format="image/tiff"',
    '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Zürich – 1798</rdf:li></rdf:Alt></dc:title>',
  );

  it('is kept byte for byte', async () => {
    const { path, found } = await make(tiffWith(xmpEntry(packet)), { metadata: 'all' });
    expect((await exiftoolBytes(path, 'xmp')).toString()).toBe(packet);
    expect(found['XMP-dc:Title']).toBe('Zürich – 1798');
  });

  it('is kept without the NULs behind it', async () => {
    const { path } = await make(tiffWith(xmpEntry(`${packet}\0\0\0`)), { metadata: 'all' });
    expect((await exiftoolBytes(path, 'xmp')).toString()).toBe(packet);
  });

  const HEADER = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>';
  const TRAILER = '<?xpacket end="w"?>';
  const bare = packet.slice(HEADER.length, -TRAILER.length).trim();

  it.each([
    ['that has none', bare],
    ['that has none, but a byte order mark', `\ufeff${bare}`],
  ])('gets the wrapper of a packet, and nothing else: one %s', async (_, content) => {
    const { path, found } = await make(tiffWith(xmpEntry(content)), { metadata: 'all' });
    expect((await exiftoolBytes(path, 'xmp')).toString()).toBe(`${HEADER}${bare}${TRAILER}`);
    expect(found['XMP-dc:Title']).toBe('Zürich – 1798');
    expect(await complaintsOf(path)).toEqual([]);
  });

  it('gets no wrapper before XML’s own beginning, which nothing may precede', async () => {
    const xml = `<?xml version="1.0" encoding="UTF-8"?>${bare}`;
    const { path } = await make(tiffWith(xmpEntry(xml)), { metadata: 'all' });
    expect((await exiftoolBytes(path, 'xmp')).toString()).toBe(xml);
  });

  it.each([
    ['little-endian', Buffer.from(packet, 'utf16le')],
    ['big-endian, with room behind it', Buffer.from(`${packet}   \0\0`, 'utf16le').swap16()],
  ])('in UTF-16 becomes UTF-8: %s', async (_, content) => {
    const { path, found, notes } = await make(tiffWith(xmpEntry(content)), { metadata: 'all' });
    const kept = (await exiftoolBytes(path, 'xmp')).toString();
    expect(kept.replace(/^\ufeff/, '').trimEnd()).toBe(packet.replace(/^\ufeff/, ''));
    expect(found['XMP-dc:Title']).toBe('Zürich – 1798');
    expect(notes).toEqual([]);
  });

  it('is not kept with JPEG_METADATA=copyright', async () => {
    const { found } = await make(tiffWith(xmpEntry(packet)), { metadata: 'copyright' });
    expect(groupsOf(found)).toEqual([]);
  });

  it('fits into one segment without the room it keeps for changes', async () => {
    const roomy = xmpPacket('photoshop:Credit="State Archive"', '', 70_000);
    const { path, found, notes } = await make(tiffWith(xmpEntry(roomy)), { metadata: 'all' });
    expect(found['XMP-photoshop:Credit']).toBe('State Archive');
    expect(await complaintsOf(path)).toEqual([]);
    expect(groupsOf(found)).not.toContain('XMP-xmpNote');
    expect(notes).toEqual([]);
  });

  it.each([70_000, 300_000])(
    'of more than a segment goes on in others: %i bytes',
    async (length) => {
      const history = 'scanned, '.repeat(length / 9);
      const large = xmpPacket(
        'tiff:Orientation="6"',
        `<photoshop:History>${history}</photoshop:History>`,
      );
      const { found, notes } = await make(tiffWith(xmpEntry(large)), { metadata: 'all' });
      // Told apart by their lengths first: a difference is not to be printed.
      expect(String(found['XMP-photoshop:History']).length).toBe(history.length);
      expect(found['XMP-photoshop:History'] === history).toBe(true);
      expect(found['XMP-tiff:Orientation']).toBe('Horizontal (normal)');
      expect(found['ExifTool:Warning']).toBeUndefined();
      expect(notes).toEqual([]);
    },
  );

  it.each([
    ['that is none', 'no packet at all'],
    ['of another encoding', Buffer.from(packet.replace('ü', '\xfc'), 'latin1')],
    ['that is no text', Buffer.concat([Buffer.from(packet), Buffer.from([0xff, 0xfe])])],
  ])('%s is left out, and a note says so', async (_, content) => {
    const { found, notes } = await make(tiffWith(xmpEntry(content)), { metadata: 'all' });
    expect(groupsOf(found)).toEqual([]);
    expect(notes).toEqual([
      { code: 'METADATA_DROPPED', message: expect.stringContaining('XMP (') },
    ]);
  });
});

/**
 * As some writers do it: bytes as 32-bit numbers, in the byte order of the file or of the machine.
 */
function asLongs(content: Buffer, swapped: boolean): TiffEntry {
  const padded = Buffer.concat([content, Buffer.alloc((4 - (content.length % 4)) % 4)]);
  const values = Array.from({ length: padded.length / 4 }, (_, i) =>
    swapped ? padded.readUInt32BE(i * 4) : padded.readUInt32LE(i * 4),
  );
  return { tag: IPTC, type: LONG, values };
}

describe('IPTC', () => {
  const forms: [string, TiffEntry][] = [
    ['as bytes', bytes(IPTC, iptc)],
    ['as 32-bit numbers', asLongs(iptc, false)],
    ['as 32-bit numbers that were swapped', asLongs(iptc, true)],
    [
      'among Photoshop’s resources',
      bytes(PHOTOSHOP, Buffer.concat([resource(0x03ed, Buffer.alloc(16)), resource(0x0404, iptc)])),
    ],
  ];

  it.each(forms)('is kept: %s', async (_, entry) => {
    const { found, notes } = await make(tiffWith(entry), { metadata: 'all' });
    expect(found).toMatchObject({
      ...ofCopyright,
      'IPTC:ObjectName': 'Deed',
      'IPTC:Keywords': ['gift', 'Zürich'],
    });
    expect(found['ExifTool:Warning']).toBeUndefined();
    expect(notes).toEqual([]);
  });

  it.each(forms)('keeps only the copyright with JPEG_METADATA=copyright: %s', async (_, entry) => {
    const { found } = await make(tiffWith(entry), { metadata: 'copyright' });
    const told = Object.entries(found).filter(([name]) => name.startsWith('IPTC:'));
    expect(Object.fromEntries(told)).toEqual({
      ...ofCopyright,
      'IPTC:CodedCharacterSet': 'UTF8',
    });
  });

  it('keeps no copyright if it names nobody', async () => {
    const entry = bytes(IPTC, Buffer.concat([dataset(1, 90, '\x1b%G'), dataset(2, 5, 'Deed')]));
    expect(groupsOf((await make(tiffWith(entry), { metadata: 'copyright' })).found)).toEqual([]);
  });

  it('is all that is kept of Photoshop’s resources', async () => {
    const entry = bytes(PHOTOSHOP, resource(0x03ed, Buffer.alloc(16)));
    const { found, notes } = await make(tiffWith(entry), { metadata: 'all' });
    expect(groupsOf(found)).toEqual([]);
    expect(notes).toEqual([]);
  });

  it('of more than a segment goes on in others', async () => {
    const caption = Buffer.alloc(100_000, 'x');
    const entry = bytes(
      IPTC,
      Buffer.concat([iptc, dataset(2, 202, caption), dataset(2, 101, 'Switzerland')]),
    );
    const { found, notes } = await make(tiffWith(entry), { metadata: 'all' });
    expect(found).toMatchObject({
      ...ofCopyright,
      'IPTC:Country-PrimaryLocationName': 'Switzerland',
    });
    expect(notes).toEqual([]);
  });

  it('is kept as far as it is whole, and a note says so', async () => {
    const { found, notes } = await make(tiffWith(bytes(IPTC, iptc.subarray(0, -3))), {
      metadata: 'all',
    });
    expect(found['IPTC:Source']).toBe('Fonds 12');
    expect(found).not.toHaveProperty('IPTC:CopyrightNotice');
    expect(notes).toEqual([
      { code: 'METADATA_DROPPED', message: expect.stringContaining('IPTC (damaged from') },
    ]);
  });

  it.each([
    ['IPTC', bytes(IPTC, 'no dataset')],
    ['a resource', bytes(PHOTOSHOP, resource(0x0404, iptc).subarray(0, -20))],
  ])('is left out when it is damaged, and a note says so: %s', async (_, entry) => {
    const { found, notes } = await make(tiffWith(entry), { metadata: 'all' });
    expect(groupsOf(found)).toEqual([]);
    expect(notes).toEqual([
      { code: 'METADATA_DROPPED', message: expect.stringContaining('IPTC (damaged') },
    ]);
  });
});
