/** A source of numbers from 0 up to 1 that is the same for the same seed (Marsaglia's xorshift). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Smooth noise from 0 to 1 over the plane. */
export type Noise = (x: number, y: number) => number;

/** Side of the grid of random values, which repeats; a power of two. */
const GRID = 256;

/** Random values on a grid, blended smoothly between its points. */
export function valueNoise(seed: number): Noise {
  const random = randomFrom(seed);
  const values = Float64Array.from({ length: GRID * GRID }, random);
  const at = (x: number, y: number) => values[((y & (GRID - 1)) * GRID + x) & 0xffff] ?? 0;
  return (x, y) => {
    const column = Math.floor(x);
    const row = Math.floor(y);
    const across = smooth(x - column);
    const left = column & (GRID - 1);
    const right = (column + 1) & (GRID - 1);
    const upper = mix(at(left, row), at(right, row), across);
    const lower = mix(at(left, row + 1), at(right, row + 1), across);
    return mix(upper, lower, smooth(y - row));
  };
}

/** Noise with detail at several scales, each half as large and half as strong, from 0 to 1. */
export function fractal(noise: Noise, octaves: number): Noise {
  const total = 2 - 2 ** (1 - octaves);
  return (x, y) => {
    let sum = 0;
    for (let octave = 0, scale = 1; octave < octaves; octave++, scale *= 2) {
      sum += noise(x * scale + octave * 17, y * scale + octave * 31) / scale;
    }
    return sum / total;
  };
}

/** From `a` (at 0) to `b` (at 1). */
export function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}

/** 0 below 0, 1 above 1, an S curve between. */
export function smooth(value: number): number {
  const t = Math.min(1, Math.max(0, value));
  return t * t * (3 - 2 * t);
}
