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
  const ease = (t: number) => t * t * (3 - 2 * t);
  return (x, y) => {
    let sum = 0;
    for (let scale = 1; scale < 64; scale *= 2) {
      const left = Math.floor(x * scale);
      const top = Math.floor(y * scale);
      const across = ease(x * scale - left);
      const upper = at(left, top) * (1 - across) + at(left + 1, top) * across;
      const lower = at(left, top + 1) * (1 - across) + at(left + 1, top + 1) * across;
      sum += (upper + (lower - upper) * ease(y * scale - top)) / scale / 2;
    }
    return sum;
  };
}

/**
 * Paints four mountain ridges under a sky, as 8-bit RGB without padding: soft gradients, hard edges
 * and fine texture. A size always gives the same picture, on every machine.
 */
export function paintScene(width: number, height: number): Buffer {
  const noise = fractalNoise();
  const ridges = [0, 1, 2, 3].map((ridge) =>
    Float64Array.from({ length: width }, (_, x) => {
      const swing = noise((3 * x) / width + ridge * 9, ridge) - 0.5;
      return (0.35 + 0.15 * ridge + 0.3 * swing) * height;
    }),
  );
  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    const down = y / height;
    for (let x = 0; x < width; x++, at += 3) {
      const across = x / height;
      const ridge = ridges.findLastIndex((top) => y > (top[x] ?? 0));
      if (ridge < 0) {
        const cloud = noise(across * 3, down * 9) - 0.5;
        pixels[at] = 90 + 170 * down + 220 * cloud;
        pixels[at + 1] = 125 + 110 * down + 150 * cloud;
        pixels[at + 2] = 180 + 60 * cloud;
      } else {
        const rock = (noise(across * 24, down * 24) - 0.5) * 30 * (ridge + 1);
        pixels[at] = 150 - 38 * ridge + rock;
        pixels[at + 1] = 140 - 30 * ridge + rock;
        pixels[at + 2] = 150 - 30 * ridge + rock;
      }
    }
  }
  return Buffer.from(pixels.buffer);
}
