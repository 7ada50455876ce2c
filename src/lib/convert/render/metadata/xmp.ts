import { isUtf8 } from 'node:buffer';
import type { Resolution } from '../../header/resolution.ts';
import type { Drop } from './drop.ts';
import { appSegment, MAX_SEGMENT_BYTES } from './jpeg-segments.ts';

/** Segment names: XMP specification, part 3, 1.1.3. */
const NAME = Buffer.from('http://ns.adobe.com/xap/1.0/\0', 'latin1');
const EXTENSION = Buffer.from('http://ns.adobe.com/xmp/extension/\0', 'latin1');

/** What the JPEG's XMP must say about its picture. */
export interface XmpPicture {
  /** How viewers must turn the JPEG. */
  readonly orientation: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Colours were converted to sRGB. */
  readonly converted: boolean;
  /** Of the reduced picture, before it is turned; undefined if it is not reduced, or has none. */
  readonly resolution?: Resolution | undefined;
  /** Its rows were columns in the TIFF. */
  readonly swapped: boolean;
}

/**
 * The segments with a TIFF's XMP packet in UTF-8; byte for byte, except that orientation, size and
 * colours become the JPEG's, and that a packet without a wrapper gets one. A packet that is too
 * large becomes an extended one (XMP, part 3, 1.1.3.1).
 */
export function xmpSegments(packet: Uint8Array, picture: XmpPicture, drop: Drop): Buffer[] {
  const text = inUtf8(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
  const original = text.subarray(0, text.findLastIndex((byte) => byte !== 0) + 1);
  const problem = problemOf(original);
  if (problem) {
    drop('XMP', problem);
    return [];
  }
  // One character per byte: nothing else changes.
  const xmp = describe(original.toString('latin1'), picture);
  const fitting = [xmp, withoutWrapper(xmp)]
    .map((one) => Buffer.from(inWrapper(one), 'latin1'))
    .find(({ length }) => length + NAME.length <= MAX_SEGMENT_BYTES);
  return fitting ? [appSegment(1, NAME, fitting)] : extended(withoutWrapper(xmp));
}

const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/**
 * A packet with its header and trailer (XMP, part 1, 7.3). One that begins like XML stays as it is:
 * nothing may precede that.
 */
function inWrapper(xmp: string): string {
  if (/^[^<]{0,3}<\?x/.test(xmp)) return xmp;
  const bare = xmp.startsWith(BYTE_ORDER_MARK) ? xmp.slice(BYTE_ORDER_MARK.length) : xmp;
  return `<?xpacket begin="${BYTE_ORDER_MARK}" id="W5M0MpCehiHzreSzNTczkc9d"?>${bare}<?xpacket end="w"?>`;
}

/**
 * TIFF's packets may be UTF-16 (XMP, part 1, 7.1), JPEG's may not (part 3, 1.1.3). Others stay as
 * they are.
 */
function inUtf8(packet: Buffer): Buffer {
  const opening = Buffer.from('<rdf:RDF', 'utf16le');
  // At an odd offset the other byte order matches.
  const [little, big] = [packet.indexOf(opening), packet.indexOf(opening.swap16())];
  if (little >= 0 && little % 2 === 0) return decoded(packet, 'utf-16le');
  return big >= 0 && big % 2 === 0 ? decoded(packet, 'utf-16be') : packet;
}

function decoded(packet: Buffer, encoding: 'utf-16le' | 'utf-16be'): Buffer {
  return Buffer.from(new TextDecoder(encoding).decode(packet));
}

function problemOf(packet: Buffer): string | undefined {
  if (!packet.includes('<rdf:RDF')) return 'it is no XMP in UTF-8 or UTF-16';
  return isUtf8(packet) && areClosed(packet.toString('latin1')) ? undefined : 'it is damaged';
}

/** XML markup other than elements: how it begins and ends. */
const NO_ELEMENTS = [
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
  ['<?', '?>'],
] as const;

/**
 * Whether all elements of an XML text are closed; in truncated or overwritten text some are not.
 */
function areClosed(xml: string): boolean {
  const open: string[] = [];
  for (let at = xml.indexOf('<'); at >= 0; ) {
    const other = NO_ELEMENTS.find(([start]) => xml.startsWith(start, at));
    const end = other ? xml.indexOf(other[1], at) : endOfTag(xml, at);
    if (end < 0) return false;
    if (!other && !isInPlace(xml.slice(at + 1, end), open)) return false;
    at = xml.indexOf('<', end);
  }
  return open.length === 0;
}

/** Whether a tag (without brackets) may follow the open ones, which it changes. */
function isInPlace(tag: string, open: string[]): boolean {
  const [, closing, name = ''] = /^(\/?)([^\s/]*)/.exec(tag) ?? [];
  if (closing) return open.pop() === name;
  if (!tag.endsWith('/') && !tag.startsWith('!')) open.push(name);
  return true;
}

/** Where a tag ends; attribute values may contain brackets. -1 if it does not. */
function endOfTag(xml: string, start: number): number {
  let quote = '';
  for (let at = start; at < xml.length; at++) {
    const char = xml[at] ?? '';
    if (quote) quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '>') return at;
  }
  return -1;
}

const TIFF = 'http://ns.adobe.com/tiff/1.0/';
const EXIF = 'http://ns.adobe.com/exif/1.0/';
const PHOTOSHOP = 'http://ns.adobe.com/photoshop/1.0/';

function describe(xmp: string, picture: XmpPicture): string {
  const { orientation, width, height, converted, resolution, swapped } = picture;
  const values = new Map<string, string>();
  const set = (namespace: string, facts: Readonly<Record<string, string | number>>) => {
    for (const prefix of prefixesOf(xmp, namespace))
      for (const [name, value] of Object.entries(facts))
        values.set(`${prefix}:${name}`, `${value}`);
  };
  set(TIFF, { Orientation: orientation, ImageWidth: width, ImageLength: height });
  set(EXIF, { PixelXDimension: width, PixelYDimension: height });
  if (resolution) {
    const { x, y, unit } = resolution;
    const [XResolution, YResolution] = [fraction(swapped ? y : x), fraction(swapped ? x : y)];
    set(TIFF, { XResolution, YResolution, ResolutionUnit: unit });
  }
  if (converted) {
    set(EXIF, { ColorSpace: 1 });
    set(PHOTOSHOP, { ICCProfile: 'sRGB IEC61966-2.1' });
  }
  return values.size === 0 ? xmp : replace(xmp, values);
}

/** A number as XMP writes rationals. */
function fraction(value: number): string {
  return `${Math.round(value * 10_000)}/10000`;
}

/** More prefixes for one namespace than any writer uses. */
const MOST_PREFIXES = 4;

function prefixesOf(xmp: string, namespace: string): string[] {
  const declared = new RegExp(`xmlns:([\\w-]{1,64})\\s{0,9}=\\s{0,9}["']${namespace}["']`, 'g');
  const found = new Set<string>();
  for (const [, prefix = ''] of xmp.matchAll(declared))
    if (found.size < MOST_PREFIXES) found.add(prefix);
  return [...found];
}

/**
 * Sets properties, as attributes and as elements, where present. Bounded patterns in one pass,
 * because the text may be crafted to be slow.
 */
function replace(xmp: string, values: ReadonlyMap<string, string>): string {
  const names = `(${[...values.keys()].join('|')})`;
  const attribute = new RegExp(
    `(\\s)${names}(\\s{0,9}=\\s{0,9})(?:"[^"<]{0,99}"|'[^'<]{0,99}')`,
    'g',
  );
  const element = new RegExp(`<${names}((?:\\s[^<>]{0,99})?>)[^<]{0,99}(?=</)`, 'g');
  return xmp
    .replace(attribute, (_, space, name, equals) => `${space}${name}${equals}"${values.get(name)}"`)
    .replace(element, (_, name, rest) => `<${name}${rest}${values.get(name)}`);
}

/** The packet without its processing instructions and padding. */
function withoutWrapper(xmp: string): string {
  // A byte order mark may precede it.
  const start = /^[^<]{0,3}<\?xpacket/.test(xmp) ? xmp.indexOf('?>') + 2 : 0;
  const end = xmp.lastIndexOf('<?xpacket');
  return xmp.slice(start, end > start ? end : undefined).trim();
}

/** Length, offset and GUID besides the content; Adobe's programs fill segments as far. */
const EXTENSION_BYTES = MAX_SEGMENT_BYTES - EXTENSION.length - 40;

/** A packet that only points to the extension, and the extension. */
function extended(text: string): Buffer[] {
  const xmp = Buffer.from(text, 'latin1');
  // Not imported: loading it costs 3 ms at the start of the process, and few packets need it.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const guid = createHash('md5').update(xmp).digest('hex').toUpperCase();
  const pointer = inWrapper(
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
      '<rdf:Description rdf:about="" xmlns:xmpNote="http://ns.adobe.com/xmp/note/" ' +
      `xmpNote:HasExtendedXMP="${guid}"/></rdf:RDF></x:xmpmeta>`,
  );
  const segments = [appSegment(1, NAME, Buffer.from(pointer, 'latin1'))];
  for (let at = 0; at < xmp.length; at += EXTENSION_BYTES) {
    const place = Buffer.alloc(8);
    place.writeUInt32BE(xmp.length);
    place.writeUInt32BE(at, 4);
    const chunk = xmp.subarray(at, at + EXTENSION_BYTES);
    segments.push(appSegment(1, EXTENSION, Buffer.from(guid, 'latin1'), place, chunk));
  }
  return segments;
}
