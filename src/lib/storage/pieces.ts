/** Bytes in the pieces in which they arrived; joining them would copy them. */
export type Pieces = readonly Uint8Array[];

/** Total length of the pieces. */
export function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** The bytes from `start` to before `end`. */
export function partOf(pieces: Pieces, start: number, end: number): Pieces {
  let position = 0;
  return pieces.flatMap((piece) => {
    const from = Math.max(0, start - position);
    const to = Math.min(piece.length, end - position);
    position += piece.length;
    return from < to ? [piece.subarray(from, to)] : [];
  });
}
