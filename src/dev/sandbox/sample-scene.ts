/** Numbers from 0 up to 1, always the same for a seed (Marsaglia's xorshift). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Noise from 0 to 1 over the plane: random values at whole numbers, blended, at six scales. */
function fractalNoise(): (x: number, y: number) => number {
  const values = Float64Array.from({ length: 256 * 256 }, randomFrom(2024));
  const at = (x: number, y: number) => values[(y & 255) * 256 + (x & 255)] ?? 0;
  const blend = (from: number, to: number, part: number) => from + (to - from) * part;
  const one = (x: number, y: number) => {
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const row = (y: number) => blend(at(left, y), at(left + 1, y), x - left);
    return blend(row(top), row(top + 1), y - top);
  };
  const scales = [1, 2, 4, 8, 16, 32];
  return (x, y) => scales.reduce((sum, scale) => sum + one(x * scale, y * scale) / scale / 2, 0);
}

/**
 * Paints a mountain ridge under a sky, as 8-bit RGB without padding: soft gradients, a hard edge
 * and fine texture. A size always gives the same picture, on every machine.
 */
export function paintScene(width: number, height: number): Buffer {
  const noise = fractalNoise();
  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let x = 0; x < width; x++) {
    const ridge = (0.25 + noise(3 * (x / width), 0) / 2) * height;
    for (let y = 0; y < height; y++) {
      const [across, down] = [(x / height) * 8, (y / height) * 8];
      const light = 200 * (noise(across, y < ridge ? 3 * down : down) - 0.5);
      const colour = y < ridge ? [90 + 20 * down, 130 + 10 * down, 190] : [110, 100, 90];
      pixels.set(
        colour.map((level) => level + light),
        (y * width + x) * 3,
      );
    }
  }
  return Buffer.from(pixels.buffer);
}
