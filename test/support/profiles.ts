import sharp from 'sharp';
import { D50, type Triple } from './colour-science.ts';

/** An ICC profile that sharp has built in. Throws when it gives none. */
export async function builtInProfile(name: 'srgb' | 'p3' | 'cmyk'): Promise<Buffer> {
  const channels = name === 'cmyk' ? 4 : 3;
  const pixel = sharp(Buffer.alloc(channels), { raw: { width: 1, height: 1, channels } });
  const made = name === 'cmyk' ? pixel.removeAlpha().toColourspace('cmyk') : pixel;
  const tiff = await made.withIccProfile(name).tiff().toBuffer();
  const { icc } = await sharp(tiff).metadata();
  if (!icc) throw new Error(`sharp has no profile "${name}".`);
  return icc;
}

/** A profile that is fully said by its numbers. */
export interface ProfileNumbers {
  /** Major version of the ICC specification. */
  readonly version: 2 | 4;
  readonly gamma: number;
  /** Columns of red, green and blue in XYZ of D50; without them it is a profile of grey. */
  readonly colorants?: readonly [Triple, Triple, Triple];
}

/**
 * Writes an ICC profile of a display or of grey (ICC.1:2001-04 and ICC.1:2010, section 7 and
 * annexes).
 */
export function makeProfile({ version, gamma, colorants }: ProfileNumbers): Buffer {
  const curve = Buffer.concat([ascii('curv'), word(0), word(1), fixed8(gamma)]);
  const rows = colorants ?? [];
  const column = (i: 0 | 1 | 2) => xyz(rows.map((row) => row[i]));
  const tags: [string, Buffer][] = colorants
    ? [
        ['rXYZ', column(0)],
        ['gXYZ', column(1)],
        ['bXYZ', column(2)],
        ...['rTRC', 'gTRC', 'bTRC'].map((name): [string, Buffer] => [name, curve]),
      ]
    : [['kTRC', curve]];
  tags.push(['wtpt', xyz(D50)], ['desc', text(version)], ['cprt', text(version)]);
  let at = HEADER_BYTES + 4 + tags.length * 12;
  const table = tags.map(([name, { length }]) => {
    const entry = Buffer.concat([ascii(name), word(at), word(length)]);
    at += length;
    return entry;
  });
  const head = Buffer.alloc(HEADER_BYTES);
  head.writeUInt32BE(at, 0);
  head.writeUInt32BE(version << 24, 8);
  head.write(`mntr${colorants ? 'RGB ' : 'GRAY'}XYZ `, 12, 'latin1');
  head.write('acsp', 36, 'latin1');
  xyz(D50).subarray(8).copy(head, 68);
  return Buffer.concat([head, word(tags.length), ...table, ...tags.map(([, bytes]) => bytes)]);
}

const HEADER_BYTES = 128;
const ascii = (name: string) => Buffer.from(name, 'latin1');

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** u8Fixed8Number, filled up to four bytes. */
function fixed8(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(Math.round(value * 256));
  return bytes;
}

function xyz(values: readonly number[]): Buffer {
  const numbers = values.map((value) => word(Math.round(value * 65_536)));
  return Buffer.concat([ascii('XYZ '), word(0), ...numbers]);
}

/**
 * A name of no meaning, as each version wants it: textDescriptionType, or
 * multiLocalizedUnicodeType.
 */
function text(version: 2 | 4): Buffer {
  if (version === 4)
    return Buffer.concat([
      ...[ascii('mluc'), word(0), word(1), word(12), ascii('enUS'), word(2), word(28)],
      Buffer.from([0, 116, 0, 0]),
    ]);
  return Buffer.concat([ascii('desc'), word(0), word(2), ascii('t\0'), Buffer.alloc(78)]);
}
