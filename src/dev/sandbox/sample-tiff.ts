import { createHash } from 'node:crypto';
import sharp, { type OutputInfo } from 'sharp';

/** The strokes of "FROM TIFF TO JPEG", drawn because a fresh machine has no fonts. */
const TEXT =
  'M4 0H0v6m0-3h3M6 6V0h4v3H6l4 3M12 0h4v6h-4zM18 6V0l2 3 2-3v6M30 0h4m-2 0v6M38 0v6M46 0h-4v6' +
  'm0-3h3M52 0h-4v6m0-3h3M60 0h4m-2 0v6M66 0h4v6h-4zM82 0v6h-4V4M84 6V0h4v3h-4M94 0h-4v6h4m-4-3h3' +
  'M100 1V0h-4v6h4V3h-2';

/** Lines of text: how much larger than `TEXT`, and the distance from the top, in pixels. */
const LINES = '8 300,33 600,14 3680,9 4000,7 4200,5 4400,3 4600'.split(',');
const texts = LINES.map((line) => line.split(' ')).map(
  ([scale, y]) => `<path transform="translate(300 ${y}) scale(${scale})" d="${TEXT}"/>`,
);

/** The strip of grey steps that scanning services place beside a page. */
const greys = Array.from({ length: 17 }, (_, step) => {
  const box = `x="${300 + step * 200}" y="5200" width="200" height="400"`;
  return `<rect ${box} fill="hsl(0 0% ${step * 6.25}%)" stroke="none"/>`;
});

/** The page on its side: 24 megapixels, like a postcard-sized print scanned at 600 dpi. */
const PAGE = `<svg xmlns="http://www.w3.org/2000/svg" width="6000" height="4000">
  <rect width="6000" height="4000" fill="#f4eee2"/>
  <g transform="matrix(0 -1 1 0 0 4000)" fill="none" stroke="#2a221e">
    ${[...texts, ...greys].join('')}
  </g>
</svg>`;

/** Its photograph, mountains under a sky, in half its size: libvips draws larger SVGs in pieces. */
const PHOTO = `<svg xmlns="http://www.w3.org/2000/svg" width="1700" height="1200">
  <linearGradient id="sky" x2="0" y2="1">
    <stop stop-color="#46689c"/><stop offset="1" stop-color="#d8c8b0"/>
  </linearGradient>
  <filter id="rock" x="0" y="0" width="1" height="1">
    <feTurbulence type="fractalNoise" baseFrequency=".008" numOctaves="6"/>
    <feDiffuseLighting surfaceScale="30" lighting-color="#b4a08c">
      <feDistantLight azimuth="225" elevation="40"/>
    </feDiffuseLighting>
    <feComposite in2="SourceGraphic" operator="in"/>
  </filter>
  <rect width="1700" height="1200" fill="url(#sky)"/>
  <path filter="url(#rock)" d="M0 1200V585l400-300 250 250 450-375 600 550v490z"/>
</svg>`;

/**
 * Draws the sample TIFF: text, a photograph and grey steps, 24 megapixels of 8-bit RGB, LZW
 * with predictor, Display P3 profile, stored on its side with orientation tag 6. The same on
 * every call. Takes about 3 s. Throws sharp's error if the file cannot be written.
 */
export async function drawSampleTiff(path: string): Promise<OutputInfo> {
  const raw = { width: 6000, height: 4000, channels: 1 } as const;
  // Like film grain, it takes most of an encoder's bits.
  const grain = createHash('shake256', { outputLength: raw.width * raw.height }).digest();
  for (let at = 0; at < grain.length; at++) grain[at] = 255 - ((grain[at] ?? 0) & 7);
  // Drawn before it is resized: sharp would draw it in the new size, several times.
  const drawn = await sharp(Buffer.from(PHOTO)).png().toBuffer();
  const photo = await sharp(drawn).resize(3400).rotate(270).toBuffer();
  return (
    sharp(Buffer.from(PAGE))
      .composite([
        { input: photo, left: 1130, top: 300 },
        { input: grain, raw, blend: 'multiply' },
      ])
      .removeAlpha()
      // The first stored row is the right-hand side, so viewers turn it by a quarter.
      .withMetadata({ orientation: 6, density: 600 })
      .withIccProfile('p3')
      .tiff({ compression: 'lzw', predictor: 'horizontal' })
      .toFile(path)
  );
}

/**
 * Width and height of a picture in pixels, as stored. Throws sharp's error if it is not a picture.
 */
export async function pictureSize(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
}
