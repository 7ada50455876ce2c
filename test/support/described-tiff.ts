import type { TiffEntry, TiffPage } from './tiff-writer.ts';

const [BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED] = [1, 2, 3, 4, 5, 7];

/** A text as TIFF has it, with its NUL. */
export function text(tag: number, value: string): TiffEntry {
  return { tag, type: ASCII, values: [...Buffer.from(`${value}\0`)] };
}

export function rational(tag: number, ...values: readonly number[]): TiffEntry {
  return { tag, type: RATIONAL, values };
}

export function short(tag: number, ...values: readonly number[]): TiffEntry {
  return { tag, type: SHORT, values };
}

/**
 * Bytes without a meaning of their own: XMP (as BYTE), IPTC, Photoshop's resources, a MakerNote.
 */
export function bytes(tag: number, content: Uint8Array | string, type = UNDEFINED): TiffEntry {
  return { tag, type, values: [...Buffer.from(content)] };
}

export function xmpEntry(packet: Uint8Array | string): TiffEntry {
  return bytes(700, packet, BYTE);
}

/** A directory of its own that a tag points to. */
export function directory(tag: number, ...entries: readonly TiffEntry[]): TiffEntry {
  return { tag, type: LONG, values: [], directory: entries };
}

/** A small picture of three colours, wider than high, with further entries. */
export function pictureWith(...entries: readonly TiffEntry[]): TiffPage {
  const [width, height] = [24, 16];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7) % 256);
  return { width, height, samplesPerPixel: 3, photometric: 2, data, entries };
}

/** What an archive writes into the directory of a page. */
export const described: readonly TiffEntry[] = [
  text(269, 'Inventory 4711'),
  text(270, 'Deed of gift – „Schenkung“, Zürich'),
  text(271, 'Phase One'),
  text(272, 'iXG 100MP'),
  rational(282, 300),
  rational(283, 300),
  text(285, 'folio 12r'),
  short(296, 2),
  short(297, 4, 120),
  text(305, 'Capture One 22'),
  text(306, '2024:03:07 10:11:12'),
  text(315, 'Anna Muster'),
  text(316, 'scan-03'),
  text(33_432, 'State Archive'),
];

/** What a camera writes below it. */
export const photographed: readonly TiffEntry[] = [
  directory(
    34_665,
    rational(33_434, 0.125),
    short(34_855, 100),
    bytes(36_864, '0232'),
    text(36_867, '2024:03:07 09:08:07'),
    // That its components are red, green and blue is true for the TIFF only.
    bytes(37_121, '\x04\x05\x06\0'),
    short(37_396, 3, 4),
    bytes(37_510, 'ASCII\0\0\0with a loupe'),
    short(40_961, 65_535),
    short(40_962, 24),
    short(40_963, 16),
    directory(40_965, text(1, 'R03'), bytes(2, '0100')),
    text(42_036, 'Rodenstock'),
  ),
  directory(34_853, bytes(0, '\x02\x03\0\0', BYTE), text(1, 'N'), rational(2, 47, 22, 30)),
];

/** A dataset of IPTC. */
export function dataset(record: number, number: number, value: string | Uint8Array): Buffer {
  const content = Buffer.from(value);
  const long = content.length > 0x7fff;
  const head = Buffer.alloc(long ? 9 : 5);
  head.set([0x1c, record, number]);
  head.writeUInt16BE(long ? 0x8004 : content.length, 3);
  if (long) head.writeUInt32BE(content.length, 5);
  return Buffer.concat([head, content]);
}

/** A resource of Photoshop. */
export function resource(id: number, content: Uint8Array): Buffer {
  const head = Buffer.alloc(12);
  head.write('8BIM', 'latin1');
  head.writeUInt16BE(id, 4);
  head.writeUInt32BE(content.length, 8);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

/** An XMP packet with the given description, and room behind it. */
export function xmpPacket(attributes: string, elements = '', room = 20): string {
  return (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ' +
    'xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" ' +
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" ' +
    `${attributes}>${elements}</rdf:Description></rdf:RDF></x:xmpmeta>${' '.repeat(room)}<?xpacket end="w"?>`
  );
}
