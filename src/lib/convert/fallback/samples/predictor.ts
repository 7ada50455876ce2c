/** How the samples of a row are stored in memory. */
export interface RowLayout {
  /** Bytes of a complete row. */
  readonly rowBytes: number;
  readonly bits: number;
  /** Samples per pixel in this row: 1 if each sample has its own plane. */
  readonly samples: number;
  readonly littleEndian: boolean;
}

/**
 * Undoes a predictor in place, row by row. 2: differences (TIFF 6.0, section 14); 3: differences of
 * the bytes of floating-point numbers (TIFF Technical Note 3), which leaves big-endian numbers.
 * Returns whether the numbers are little-endian afterwards. Throws for depths without a defined
 * predictor.
 */
export function undoPredictor(data: Uint8Array, predictor: number, layout: RowLayout): boolean {
  const { rowBytes, littleEndian, bits } = layout;
  if (predictor === 1) return littleEndian;
  if (bits % 8 !== 0 || (predictor !== 2 && predictor !== 3))
    throw new Error(`it has the predictor ${predictor} for ${bits} bits, which is not defined`);
  for (let at = 0; at + rowBytes <= data.length; at += rowBytes) {
    const row = data.subarray(at, at + rowBytes);
    if (predictor === 3) joinFloats(row, layout);
    else addUp(row, layout);
  }
  return predictor === 3 ? false : littleEndian;
}

function addUp(row: Uint8Array, { bits, samples, littleEndian: le }: RowLayout): void {
  const bytes = bits / 8;
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const step = samples * bytes;
  for (let at = step; at + bytes <= row.length; at += bytes) {
    const before = at - step;
    if (bytes === 1) row[at] = (row[at] ?? 0) + (row[before] ?? 0);
    else if (bytes === 2)
      view.setUint16(at, view.getUint16(at, le) + view.getUint16(before, le), le);
    else if (bytes === 4)
      view.setUint32(at, view.getUint32(at, le) + view.getUint32(before, le), le);
    else if (bytes === 8)
      view.setBigUint64(at, view.getBigUint64(at, le) + view.getBigUint64(before, le), le);
    else throw new Error(`it has a predictor for ${bits} bits, which is not defined`);
  }
}

function joinFloats(row: Uint8Array, { bits, samples }: RowLayout): void {
  for (let i = samples; i < row.length; i++) row[i] = (row[i] ?? 0) + (row[i - samples] ?? 0);
  const bytes = bits / 8;
  const count = row.length / bytes;
  // Not `slice`, which does not copy for a Buffer.
  const planes = new Uint8Array(row);
  for (let i = 0; i < count; i++)
    for (let byte = 0; byte < bytes; byte++) row[i * bytes + byte] = planes[byte * count + i] ?? 0;
}
