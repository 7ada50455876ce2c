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
