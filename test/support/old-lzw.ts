/**
 * LZW of the kind from before TIFF 5.0, as no encoder writes it any more: codes from the low bit
 * up, as wide as they must be and not a code earlier, cleared when there are 4 094.
 */
export function oldLzw(data: Uint8Array): Buffer {
  const out: number[] = [];
  let [held, bits, width] = [0, 0, 9];
  const put = (code: number) => {
    held += code * 2 ** bits;
    for (bits += width; bits >= 8; bits -= 8) {
      out.push(held % 256);
      held = Math.floor(held / 256);
    }
  };
  let strings = new Map<string, number>();
  let next = 258;
  const codeOf = (string: string) =>
    string.length === 1 ? string.charCodeAt(0) : strings.get(string);
  put(256);
  let string = '';
  for (const byte of data) {
    const longer = string + String.fromCharCode(byte);
    if (codeOf(longer) !== undefined) {
      string = longer;
      continue;
    }
    put(codeOf(string) ?? 0);
    strings.set(longer, next++);
    // The reader is one string behind.
    if (next - 1 >= 2 ** width) width++;
    if (next === 4_094) {
      put(256);
      strings = new Map();
      [next, width] = [258, 9];
    }
    string = String.fromCharCode(byte);
  }
  if (string) put(codeOf(string) ?? 0);
  // And here it has caught up.
  if (next >= 2 ** width) width++;
  put(257);
  if (bits > 0) out.push(held % 256);
  return Buffer.from(out);
}
