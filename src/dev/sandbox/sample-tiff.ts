import sharp from 'sharp';
import { paintScene, randomFrom } from './sample-scene.ts';

/** The drawn TIFF. */
export interface SampleTiff {
  /** In pixels, as stored: the page lies on its side. */
  width: number;
  height: number;
  /** Size of the file. */
  bytes: number;
}

/** The page upright: 24 megapixels, like a postcard-sized print scanned at 600 dpi. */
const PAGE = { width: 4000, height: 6000, margin: 300, dpi: 600 };

const PHOTO = { width: PAGE.width - 2 * PAGE.margin, height: 2400, top: 1130 };

/**
 * The most by which grain darkens a pixel, of 255. Like film grain, it takes most of an encoder's
 * bits.
 */
const GRAIN = 8;

/** TIFF tag 274: the first stored row is the right-hand side, so viewers turn it by a quarter. */
const ORIENTATION = 6;

/** Letters of 5 × 7 dots, each row a digit to base 32, because a fresh machine has no fonts. */
const LETTERS = Object.fromEntries(
  'Evgguggv Fvgguggg Gehgnhhe Ie44444e J72222ic Mhrllhhh Oehhhhhe Puhhuggg Ruhhukih Tv444444'
    .split(' ')
    .map(([letter = '', ...rows]) => [letter, rows.map((row) => Number.parseInt(row, 32))]),
);
const TEXT = 'FROM TIFF TO JPEG';

/** Lines of text: the side of a dot and the distance from the top, in pixels. */
const LINES = [
  ...[[8, 300] as const, [33, 600] as const, [14, 3680] as const],
  ...[[9, 4000] as const, [7, 4200] as const, [5, 4400] as const, [3, 4600] as const],
];

/** The text, and the strip of grey steps that scanning services place beside a page, as SVG. */
function drawInk(): Buffer {
  const { width, height, margin } = PAGE;
  const texts = LINES.map(([dot, top]) => {
    const dots = [...TEXT].flatMap((letter, index) =>
      (LETTERS[letter] ?? []).flatMap((row, y) =>
        [0, 1, 2, 3, 4].map((x) => (row & (16 >> x) ? `M${index * 6 + x} ${y}h1v1h-1z` : '')),
      ),
    );
    return `<path transform="translate(${margin} ${top}) scale(${dot})" d="${dots.join('')}"/>`;
  });
  const greys = Array.from({ length: 17 }, (_, step) => {
    const box = `x="${margin + step * 200}" y="5200" width="200" height="400"`;
    return `<rect ${box} fill="hsl(0 0% ${step * 6.25}%)"/>`;
  });
  const shapes = [...texts, ...greys].join('');
  return Buffer.from(`<svg width="${width}" height="${height}" fill="#2a221e">${shapes}</svg>`);
}

async function drawPage(): Promise<Buffer> {
  const { width, height, margin: left } = PAGE;
  const raw = { width: PHOTO.width, height: PHOTO.height, channels: 3 as const };
  const page = await sharp({ create: { width, height, channels: 3, background: '#f4eee2' } })
    .composite([
      { input: paintScene(raw.width, raw.height), raw, left, top: PHOTO.top },
      { input: drawInk(), left: 0, top: 0 },
    ])
    .removeAlpha()
    .raw()
    .toBuffer();
  const random = randomFrom(99);
  for (let at = 0; at < page.length; at += 3) {
    const grain = random() * GRAIN;
    for (const sample of [at, at + 1, at + 2])
      page[sample] = Math.max(0, (page[sample] ?? 0) - grain);
  }
  return page;
}

/**
 * Draws the sample TIFF: text, a photograph and grey steps, 24 megapixels of 8-bit RGB, LZW
 * with predictor, Display P3 profile, stored on its side with orientation tag 6. The same on
 * every call. Takes about 3 s.
 *
 * @throws Error from sharp if the file cannot be written
 */
export async function drawSampleTiff(path: string): Promise<SampleTiff> {
  const { width, height } = PAGE;
  const { size, ...stored } = await sharp(await drawPage(), { raw: { width, height, channels: 3 } })
    .rotate(270)
    .withMetadata({ orientation: ORIENTATION, density: PAGE.dpi })
    .withIccProfile('p3')
    .tiff({ compression: 'lzw', predictor: 'horizontal' })
    .toFile(path);
  return { width: stored.width, height: stored.height, bytes: size };
}

/**
 * Width and height of a picture in pixels, as stored. Throws sharp's error if it is not a picture.
 */
export async function pictureSize(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
}
