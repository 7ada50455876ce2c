import { fractal, mix, smooth, valueNoise } from './sample-noise.ts';

type Colour = readonly [red: number, green: number, blue: number];

/** Where the lake begins, and where the sun stands: shares of the picture's height and width. */
const SHORE = 0.66;
const SUN = { x: 0.66, y: 0.47 };

const ZENITH: Colour = [44, 74, 122];
const DAWN: Colour = [250, 196, 146];
const CLOUD: Colour = [255, 224, 200];
const NEAR: Colour = [16, 28, 36];
const HAZE: Colour = [214, 172, 150];

/** Mountain ridges from the farthest to the nearest. */
const RIDGES = [
  { base: 0.52, rise: 0.3, stretch: 3.1, depth: 0.2 },
  { base: 0.57, rise: 0.26, stretch: 4.3, depth: 0.42 },
  { base: 0.61, rise: 0.2, stretch: 5.9, depth: 0.64 },
  { base: 0.66, rise: 0.14, stretch: 9.7, depth: 0.86 },
];

function blend(a: Colour, b: Colour, share: number): Colour {
  return [mix(a[0], b[0], share), mix(a[1], b[1], share), mix(a[2], b[2], share)];
}

/**
 * Paints a lake before mountains at dawn, as 8-bit RGB without padding. The same size gives the
 * same picture on every machine.
 */
export function paintScene(width: number, height: number): Uint8Array {
  const noise = valueNoise(20_240_607);
  const clouds = fractal(noise, 5);
  const rock = fractal(noise, 5);
  const crest = fractal(noise, 8);
  const crests = RIDGES.map(({ base, rise, stretch }, index) =>
    Float64Array.from({ length: width }, (_, column) => {
      const along = (column / width) * stretch;
      return base - rise * (crest(along + index * 41, index * 7) - 0.25);
    }),
  );

  const sky = (x: number, y: number): Colour => {
    const glow = Math.exp(-((x - SUN.x) ** 2 * 9 + (y - SUN.y) ** 2 * 30));
    const height01 = smooth(y / 0.62);
    const cover = smooth((clouds(x * 5, y * 17) - 0.46) * 3.4) * (0.35 + 0.5 * glow);
    const air = blend(blend(ZENITH, DAWN, height01 * 0.9), [255, 236, 190], glow * 0.75);
    return blend(air, CLOUD, cover);
  };

  const land = (x: number, y: number): Colour => {
    const column = Math.min(width - 1, Math.max(0, Math.round(x * width)));
    for (let index = RIDGES.length - 1; index >= 0; index--) {
      const top = crests[index]?.[column] ?? 1;
      if (y < top) continue;
      const depth = RIDGES[index]?.depth ?? 1;
      const slope = blend(HAZE, NEAR, depth);
      // Turned against the noise's grid, which would show otherwise.
      const texture = rock(x * 84 + y * 47 + index * 53, y * 84 - x * 47) - 0.5;
      const grain = texture * 48 * depth * depth;
      const mist = smooth((y - top) * 5.5) * (0.62 - 0.5 * depth);
      const [red, green, blue] = blend(slope, HAZE, mist);
      return [red + grain, green + grain, blue + grain * 0.9];
    }
    return sky(x, y);
  };

  const water = (x: number, y: number): Colour => {
    const depth = (y - SHORE) / (1 - SHORE);
    const ripple = clouds(x * 26, y * (230 - 150 * depth)) - 0.5;
    const mirrored = SHORE - (y - SHORE) * 1.45 + ripple * 0.12 * depth;
    const reflection = land(x + ripple * 0.02 * depth, Math.max(0, mirrored));
    const glint = Math.max(0, ripple) * 70 * Math.exp(-((x - SUN.x) ** 2) * 30);
    const [red, green, blue] = blend(reflection, [24, 44, 62], 0.24 + 0.3 * depth);
    return [red + glint, green + glint * 0.8, blue + glint * 0.6];
  };

  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let row = 0, at = 0; row < height; row++) {
    const y = row / height;
    const paint = y < SHORE ? land : water;
    for (let column = 0; column < width; column++, at += 3) {
      const [red, green, blue] = paint(column / width, y);
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    }
  }
  return new Uint8Array(pixels.buffer);
}
