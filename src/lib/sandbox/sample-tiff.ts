import { createRequire } from 'node:module';
import sharp from 'sharp';
import { blankPage, type Pixels, placeBox, placeInk, placePhoto } from './sample-page.ts';
import { paintScene } from './sample-scene.ts';

/** What was drawn. */
export interface SampleTiff {
  /** In pixels, as stored: the page lies on its side. */
  width: number;
  height: number;
  /** Size of the file. */
  bytes: number;
}

/** The page upright: 24 megapixels, like a postcard-sized print scanned at 600 dpi. */
const PAGE = { width: 4000, height: 6000, margin: 300, dpi: 600 };

const PHOTO = { top: 1130, height: 2400 };

/** TIFF tag 274: the first stored row is the right-hand side, so it is shown by a quarter turn. */
const ORIENTATION = 6;

const FACES = {
  regular: { name: 'EB Garamond', file: '400Regular/EBGaramond_400Regular.ttf' },
  italic: {
    name: 'EB Garamond Italic',
    file: '400Regular_Italic/EBGaramond_400Regular_Italic.ttf',
  },
  bold: { name: 'EB Garamond Bold', file: '700Bold/EBGaramond_700Bold.ttf' },
};

interface Text {
  words: string;
  face: keyof typeof FACES;
  /** Type size in pixels of the page. */
  size: number;
  left: number;
  top: number;
  width: number;
  justify?: boolean;
}

const COLUMN = (PAGE.width - 2 * PAGE.margin - 160) / 2;

const TEXTS: Text[] = [
  line('bold', 300, 470, 'First Light on the Lake'),
  line('italic', 120, 860, 'A sample page for the journey from TIFF to JPEG'),
  line('regular', 72, 290, 'ARKE TIFF  ·  SAMPLE PLATE  ·  SHEET 1'),
  line(
    'italic',
    76,
    3580,
    'Plate 1. Mountains before sunrise, drawn by numbers and not by nature.',
  ),
  column(
    0,
    'This page was drawn so that every step of a conversion has something to show. The ' +
      'picture above has soft gradients, where coarse quantisation would leave bands, and a film ' +
      'grain that costs a JPEG encoder most of its bits. The letters have hard edges, around which ' +
      'a careless encoder would leave a halo.',
  ),
  column(
    1,
    'The file stores this page lying on its side and carries an orientation tag: a ' +
      'converter that applies the tag shows it upright, as you see it now. Its colours are ' +
      'described by an embedded Display P3 profile; converted to sRGB they look the same on any ' +
      'screen.',
  ),
  line('regular', 110, 4890, 'Hamburgefonstiv 0123456789'),
  line(
    'regular',
    76,
    5040,
    'Franz jagt im komplett verwahrlosten Taxi quer durch Bayern. ÄÖÜ ß é ñ ø',
  ),
  line(
    'regular',
    52,
    5155,
    'Portez ce vieux whisky au juge blond qui fume. The quick brown fox jumps over the lazy dog.',
  ),
  line(
    'italic',
    38,
    5245,
    'Sphinx of black quartz, judge my vow. Whoever can read this line without a glass has good eyes or a good scan.',
  ),
];

function line(face: Text['face'], size: number, top: number, words: string): Text {
  return { words, face, size, left: PAGE.margin, top, width: PAGE.width - 2 * PAGE.margin };
}

function column(index: number, words: string): Text {
  const left = PAGE.margin + index * (COLUMN + 160);
  return { words, face: 'regular', size: 88, left, top: 3900, width: COLUMN, justify: true };
}

/** Sets a text as a mask. The fonts come along as files: a fresh machine has none. */
async function typeset({ words, face, size, width, justify = false }: Text): Promise<Pixels> {
  const { name, file } = FACES[face];
  const fontfile = createRequire(import.meta.url).resolve(`@expo-google-fonts/eb-garamond/${file}`);
  // At 72 dpi a point is a pixel.
  const text = { text: words, font: `${name} ${size}`, fontfile, width, dpi: 72, justify };
  const { data, info } = await sharp({ text }).extractChannel(0).raw().toBuffer({
    resolveWithObject: true,
  });
  return { data, width: info.width, height: info.height };
}

/** Paints the photograph at half its size, which its soft shapes do not show, and enlarges it. */
async function photograph(): Promise<Pixels> {
  const width = PAGE.width - 2 * PAGE.margin;
  const { height } = PHOTO;
  const half = { width: width / 2, height: height / 2, channels: 3 as const };
  const data = await sharp(paintScene(half.width, half.height), { raw: half })
    .resize(width, height, { kernel: 'cubic' })
    .raw()
    .toBuffer();
  return { data, width, height };
}

/** A strip of grey steps and colours, as scanning offices lay beside a page. */
function placeTarget(page: Pixels): void {
  const greys = Array.from({ length: 11 }, (_, step) => Array(3).fill(step * 25.5));
  const colours = [
    [174, 52, 48],
    [214, 130, 44],
    [228, 196, 60],
    [76, 140, 74],
    [54, 124, 156],
    [52, 72, 146],
    [128, 68, 130],
  ];
  const patches = [...greys, ...colours];
  const size = Math.floor((PAGE.width - 2 * PAGE.margin) / patches.length);
  patches.forEach((colour, index) => {
    const left = PAGE.margin + index * size;
    placeBox(page, { left, top: 5430, width: size, height: size }, colour);
  });
}

async function drawPage(): Promise<Pixels> {
  const [photo, ...masks] = await Promise.all([photograph(), ...TEXTS.map(typeset)]);
  const page = blankPage(PAGE.width, PAGE.height);
  placePhoto(page, photo, PAGE.margin, PHOTO.top);
  for (const [index, { left, top }] of TEXTS.entries()) {
    const mask = masks[index];
    if (mask !== undefined) placeInk(page, mask, left, top);
  }
  placeBox(page, { left: PAGE.margin, top: 400, width: photo.width, height: 6 });
  placeBox(page, { left: PAGE.margin, top: 4820, width: photo.width, height: 4 });
  placeTarget(page);
  return page;
}

/**
 * Draws the sample TIFF: text, a photograph and a colour strip, 24 megapixels of 8-bit RGB, LZW
 * with predictor, Display P3 profile, stored on its side with orientation tag 6. The same on
 * every call. Takes about 3 s.
 *
 * @throws Error from sharp if the file cannot be written
 */
export async function drawSampleTiff(path: string): Promise<SampleTiff> {
  const { data, width, height } = await drawPage();
  const { size, ...stored } = await sharp(data, { raw: { width, height, channels: 3 } })
    .rotate(270)
    .withMetadata({ orientation: ORIENTATION, density: PAGE.dpi })
    .withIccProfile('p3')
    .tiff({ compression: 'lzw', predictor: 'horizontal' })
    .toFile(path);
  return { width: stored.width, height: stored.height, bytes: size };
}

/** Width and height of a picture in pixels, as stored. Throws sharp's error if it is not a picture. */
export async function pictureSize(bytes: Uint8Array): Promise<{ width: number; height: number }> {
  const { width, height } = await sharp(bytes).metadata();
  return { width, height };
}
