/** Bytes in the pieces that they came in: putting them together would copy them. */
export type Pieces = readonly Uint8Array[];

/** How many bytes the pieces have together. */
export function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** The bytes from `start` up to but without `end`, counted from the first piece's first byte. */
export function partOf(pieces: Pieces, start: number, end: number): Pieces {
  let position = 0;
  return pieces.flatMap((piece) => {
    const from = Math.max(0, start - position);
    const to = Math.min(piece.length, end - position);
    position += piece.length;
    return from < to ? [piece.subarray(from, to)] : [];
  });
}
