import type { ByteReader } from '../header/tiff-source.ts';

/** An ICC profile's header and description (ICC.1:2022, sections 7 and 9.2.41). */
export interface IccProfile {
  readonly bytes: number;
  /** Undefined if there is none, or it is unreadable. */
  readonly description: string | undefined;
  /** The colour space of the samples, as in the profile: `RGB`, `GRAY`, `CMYK`, `Lab` … */
  readonly colourSpace: string | undefined;
  /** Whether it has a profile's signature. */
  readonly valid: boolean;
}

const HEADER_BYTES = 128;
/** More tags than any profile has, in case the count is damaged. */
const MAX_TAGS = 200;
/** More bytes than a name takes. */
const MAX_DESCRIPTION = 1_024;

/**
 * Reads a profile in a file, only its header, tag table and description. Throws what reading
 * throws.
 */
export async function readIccProfile(
  { read }: Pick<ByteReader, 'read'>,
  position: number,
  bytes: number,
): Promise<IccProfile> {
  const header = bytes < HEADER_BYTES + 4 ? undefined : await read(position, HEADER_BYTES + 4);
  if (!header || ascii(header, 36, 4) !== 'acsp')
    return { bytes, description: undefined, colourSpace: undefined, valid: false };
  const within = (offset: number, length: number) =>
    offset + length <= bytes ? read(position + offset, length) : Promise.resolve(undefined);
  return {
    bytes,
    description: await readDescription(within, header.getUint32(HEADER_BYTES)),
    colourSpace: ascii(header, 16, 4).trim() || undefined,
    valid: true,
  };
}

/** Reads bytes of the profile by position; undefined if it does not have them. */
type ReadWithin = (offset: number, length: number) => Promise<DataView | undefined>;

async function readDescription(within: ReadWithin, tagCount: number): Promise<string | undefined> {
  const count = Math.min(tagCount, MAX_TAGS);
  const table = await within(HEADER_BYTES + 4, count * 12);
  if (!table) return undefined;
  const at = Array.from({ length: count }, (_, i) => i * 12).find(
    (entry) => ascii(table, entry, 4) === 'desc',
  );
  if (at === undefined) return undefined;
  const length = Math.min(table.getUint32(at + 8), MAX_DESCRIPTION);
  const tag = await within(table.getUint32(at + 4), length);
  return tag && (describedByText(tag) ?? describedInLanguages(tag));
}

/** textDescriptionType of version 2 profiles (ICC.1:2001-04, section 6.5.17). */
function describedByText(tag: DataView): string | undefined {
  if (tag.byteLength < 13 || ascii(tag, 0, 4) !== 'desc') return undefined;
  const length = Math.min(tag.getUint32(8), tag.byteLength - 12);
  return ascii(tag, 12, length).replace(/\0.*$/s, '').trim() || undefined;
}

/**
 * multiLocalizedUnicodeType of version 4 profiles (ICC.1:2022, section 10.15): the first language.
 */
function describedInLanguages(tag: DataView): string | undefined {
  if (tag.byteLength < 28 || ascii(tag, 0, 4) !== 'mluc') return undefined;
  const offset = tag.getUint32(24);
  const length = Math.min(tag.getUint32(20), tag.byteLength - offset);
  if (length < 2) return undefined;
  const bytes = new Uint8Array(tag.buffer, tag.byteOffset + offset, length - (length % 2));
  return new TextDecoder('utf-16be').decode(bytes).replace(/\0.*$/s, '').trim() || undefined;
}

function ascii(view: DataView, at: number, length: number): string {
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));
}
