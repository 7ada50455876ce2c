/** What a test's profile says of itself. */
export interface IccSetup {
  readonly colourSpace?: string;
  /** As version 2 writes it (one ASCII text) or version 4 (UTF-16 by languages). */
  readonly version?: 2 | 4;
  readonly signature?: string;
}

/** An ICC profile with nothing but a header and a description: enough to be recognised, no more. */
export function makeIcc(
  description: string,
  { colourSpace = 'RGB ', version = 2, signature = 'acsp' }: IccSetup = {},
): Buffer {
  const tag = version === 2 ? textTag(description) : languagesTag(description);
  const header = Buffer.alloc(128);
  header.writeUInt32BE(128 + 16 + tag.length, 0);
  header[8] = version;
  header.write(`mntr${colourSpace}XYZ `, 12, 'latin1');
  header.write(signature, 36, 'latin1');
  const table = Buffer.alloc(16);
  table.writeUInt32BE(1, 0);
  table.write('desc', 4, 'latin1');
  table.writeUInt32BE(144, 8);
  table.writeUInt32BE(tag.length, 12);
  return Buffer.concat([header, table, tag]);
}

function textTag(text: string): Buffer {
  const tag = Buffer.alloc(12 + text.length + 1);
  tag.write('desc', 0, 'latin1');
  tag.writeUInt32BE(text.length + 1, 8);
  tag.write(text, 12, 'latin1');
  return tag;
}

function languagesTag(text: string): Buffer {
  const words = Buffer.from(text, 'utf16le').swap16();
  const tag = Buffer.alloc(28);
  tag.write('mluc', 0, 'latin1');
  tag.writeUInt32BE(1, 8);
  tag.writeUInt32BE(12, 12);
  tag.write('enUS', 16, 'latin1');
  tag.writeUInt32BE(words.length, 20);
  tag.writeUInt32BE(28, 24);
  return Buffer.concat([tag, words]);
}

/**
 * Primaries as D50 colorants (XYZ of red, green, blue), as the profiles of these spaces have them.
 */
export const primaries = {
  adobe: [
    [0.60974, 0.31111, 0.01947],
    [0.20528, 0.62567, 0.06087],
    [0.14919, 0.06322, 0.74457],
  ],
  proPhoto: [
    [0.79767, 0.28804, 0],
    [0.13519, 0.71188, 0],
    [0.03134, 0.00009, 0.82491],
  ],
} as const;

/** What a working profile says: a gamma, and the primaries of RGB; grey without them. */
export interface WorkingIcc {
  readonly gamma: number;
  readonly rgb?: readonly (readonly number[])[];
  readonly version?: 2 | 4;
}

/**
 * A profile that colours can really be converted by: a matrix and gamma curves, or a gamma of grey.
 */
export function workingIcc({ gamma, rgb, version = 2 }: WorkingIcc): Buffer {
  const tags: [string, Buffer][] = [
    ['desc', version === 2 ? describedAs('test') : languagesTag('test')],
    ['cprt', version === 2 ? Buffer.from('text\0\0\0\0none\0') : languagesTag('none')],
    ['wtpt', fixed('XYZ ', [0.9642, 1, 0.8249])],
    ...(rgb
      ? rgb.flatMap((xyz, i): [string, Buffer][] => [
          [`${'rgb'[i]}XYZ`, fixed('XYZ ', xyz)],
          [`${'rgb'[i]}TRC`, curve(gamma, version)],
        ])
      : [['kTRC', curve(gamma, version)] as [string, Buffer]]),
  ];
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length, 0);
  const bodies = tags.map(([, tag]) => Buffer.concat([tag, Buffer.alloc(-tag.length & 3)]));
  let end = 128 + table.length;
  for (const [i, [name, { length }]] of tags.entries()) {
    const at = 4 + i * 12;
    table.write(name, at, 'latin1');
    table.writeUInt32BE(end, at + 4);
    table.writeUInt32BE(length, at + 8);
    end += bodies[i]?.length ?? 0;
  }
  const header = Buffer.alloc(128);
  header.writeUInt32BE(end, 0);
  header[8] = version;
  header.write(`mntr${rgb ? 'RGB ' : 'GRAY'}XYZ `, 12, 'latin1');
  header.write('acsp', 36, 'latin1');
  fixed('XYZ ', [0.9642, 1, 0.8249]).copy(header, 68, 8);
  return Buffer.concat([header, table, ...bodies]);
}

/** With the rooms for Unicode and Macintosh's script that version 2 wants. */
function describedAs(text: string): Buffer {
  return Buffer.concat([textTag(text), Buffer.alloc(78)]);
}

function curve(gamma: number, version: 2 | 4): Buffer {
  if (version === 4) return fixed('para', [0, gamma]);
  const tag = Buffer.alloc(14);
  tag.write('curv', 0, 'latin1');
  tag.writeUInt32BE(1, 8);
  tag.writeUInt16BE(Math.round(gamma * 256), 12);
  return tag;
}

/** A tag of numbers with 16 bits after the point. */
function fixed(type: string, values: readonly number[]): Buffer {
  const tag = Buffer.alloc(8 + values.length * 4);
  tag.write(type, 0, 'latin1');
  for (const [i, value] of values.entries())
    tag.writeInt32BE(Math.round(value * 65_536), 8 + i * 4);
  return tag;
}

/** XYZ to the linear red, green and blue of sRGB, both for D50 (Bruce Lindbloom's tables). */
const TO_SRGB = [
  [3.1338561, -1.6168667, -0.4906146],
  [-0.9787684, 1.9161415, 0.033454],
  [0.0719453, -0.2289914, 1.4052427],
] as const;

/**
 * What a colour (0–1 each) of such a profile is in sRGB, 0–255, worked out without any colour
 * engine.
 */
export function toSrgb({ gamma, rgb }: WorkingIcc, colour: readonly number[]): number[] {
  const linear = colour.map((level) => level ** gamma);
  if (!rgb) return linear.map(encoded);
  const xyz = [0, 1, 2].map((k) =>
    rgb.reduce((sum, colorant, i) => sum + (colorant[k] ?? 0) * (linear[i] ?? 0), 0),
  );
  return TO_SRGB.map((row) => encoded(row.reduce((sum, f, k) => sum + f * (xyz[k] ?? 0), 0)));
}

function encoded(linear: number): number {
  const light = Math.min(1, Math.max(0, linear));
  return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
}
