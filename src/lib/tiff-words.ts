/*
 * What a TIFF is, in words: for `inspect` and the page of `dev`. It runs in browsers, too, so it
 * knows nothing but what it is given; whoever shows the words sees to control characters in them.
 */
import type { PlanFacts } from './plan-words.ts';

/** A label and what it says. */
export type WordedFact = readonly [label: string, text: string];

/** Of an inspection, what is worded here; with the names of its fields. */
export interface TiffFacts {
  readonly bytes: number;
  readonly format: string;
  readonly byteOrder: string;
  readonly pages: number;
  readonly directories: readonly DirectoryFacts[];
  readonly problems: readonly {
    /** Place of the directory in the chain, from 0; absent where it is of the whole file. */
    readonly directory?: number | undefined;
    readonly severity: 'error' | 'warning';
    readonly message: string;
  }[];
  readonly losses: readonly {
    readonly page?: number | undefined;
    readonly message: string;
    /** The setting with which it is kept. */
    readonly avoidedBy?: string | undefined;
  }[];
}

/** A picture of a TIFF: one of its directories, or what hangs below one. */
export interface PictureFacts {
  readonly role: 'page' | 'reduced' | 'mask';
  readonly page?: number | undefined;
  readonly width: number;
  readonly height: number;
  readonly resolution?:
    | { readonly x: number; readonly y: number; readonly unit: string }
    | undefined;
  readonly samplesPerPixel: number;
  readonly bitsPerSample: readonly number[];
  readonly sampleFormat: string;
  readonly photometric?: string | undefined;
  readonly chromaSubsampling?: readonly [number, number] | undefined;
  readonly extraSamples: readonly string[];
  readonly planar: boolean;
  readonly compression: string;
  readonly segments?:
    | {
        readonly kind: string;
        readonly count: number;
        readonly width: number;
        readonly height: number;
        readonly bytes: number;
      }
    | undefined;
  readonly orientation: number;
  readonly profile?:
    | {
        readonly description?: string | undefined;
        readonly colourSpace?: string | undefined;
        readonly bytes: number;
      }
    | undefined;
  readonly plan?: PlanFacts | undefined;
}

/** A picture that is a directory of the chain. */
export interface DirectoryFacts extends PictureFacts {
  /** Place in the chain, from 0. */
  readonly index: number;
}

/** Writes a number of bytes for people. */
type SizeText = (bytes: number) => string;

/** Headings of what `lossText` and `problemText` say. */
export const LOSSES_TITLE = 'Lost or changed by converting';
export const PROBLEMS_TITLE = 'Wrong with the file';

/** The file as a whole: `TIFF, little-endian, 21.11 MB, 1 page`. */
export function fileText({ format, byteOrder, bytes, pages }: TiffFacts, size: SizeText): string {
  return `${format}, ${byteOrder}, ${size(bytes)}, ${pages} ${pages === 1 ? 'page' : 'pages'}`;
}

const ROLES = { reduced: 'smaller version', mask: 'transparency mask' } as const;

/** What a directory is called. */
export function titleOf({
  index,
  role,
  page,
}: Pick<DirectoryFacts, 'index' | 'role' | 'page'>): string {
  return role === 'page' ? `Page ${page}` : `Directory ${index + 1} (${ROLES[role]})`;
}

/** What a picture is: size, samples, compression, and orientation and profile where it has them. */
export function pictureFacts(picture: PictureFacts, size: SizeText): WordedFact[] {
  const { orientation, profile } = picture;
  return [
    ['Size', pixelsText(picture)],
    ['Samples', samplesText(picture)],
    ['Compression', compressionText(picture, size)],
    ...(orientation === 1
      ? []
      : [['Orientation', `${orientationName(orientation)} (${orientation})`] as const]),
    ...(profile ? [['Profile', profileText(profile, size)] as const] : []),
  ];
}

/** A picture in one line: `smaller version, 100 × 80 pixels, 1 × 8 bits, …`. */
export function pictureText(picture: PictureFacts): string {
  const { role, page, compression } = picture;
  return [
    role === 'page' ? `page ${page}` : ROLES[role],
    ...[pixelsText(picture), samplesText(picture)],
    compression === 'none' ? 'uncompressed' : compression,
  ].join(', ');
}

function pixelsText({ width, height, resolution }: PictureFacts): string {
  const pixels = width * height;
  const megapixels = pixels < 1e5 ? '' : `, ${(pixels / 1e6).toFixed(1)} MP`;
  const text = `${width} × ${height} pixels${megapixels}`;
  // Without a unit it tells the shape of the pixels, which nobody here heeds.
  if (!resolution || resolution.unit === 'none') return text;
  const { x, y, unit } = resolution;
  const both = x === y ? `${shortNumber(x)}` : `${shortNumber(x)} × ${shortNumber(y)}`;
  return `${text}, ${both} ${unit === 'inch' ? 'dpi' : 'per centimetre'}`;
}

function samplesText(picture: PictureFacts): string {
  const { samplesPerPixel, bitsPerSample, sampleFormat, photometric, planar } = picture;
  const same = bitsPerSample.every((bits) => bits === bitsPerSample[0]);
  const bits = same ? `${bitsPerSample[0] ?? 0}` : bitsPerSample.join(', ');
  const [across, down] = picture.chromaSubsampling ?? [];
  return [
    `${samplesPerPixel} × ${bits} ${bits === '1' ? 'bit' : 'bits'}`,
    sampleFormat,
    photometric ?? 'colours not told',
    ...(across ? [`chroma ${across} × ${down}`] : []),
    ...picture.extraSamples.map((name) => `with ${name}${name === 'unspecified' ? ' sample' : ''}`),
    ...(planar ? ['in planes'] : []),
  ].join(', ');
}

function compressionText({ compression, segments }: PictureFacts, size: SizeText): string {
  if (!segments) return compression;
  const { kind, count, width, height, bytes } = segments;
  const one = count === 1 ? kind.slice(0, -1) : kind;
  return `${compression}, ${count} ${one} of ${width} × ${height} pixels, ${size(bytes)}`;
}

function profileText(
  { description, colourSpace, bytes }: NonNullable<PictureFacts['profile']>,
  size: SizeText,
): string {
  return [
    ...(description ? [`"${description}"`] : []),
    ...(colourSpace ? [colourSpace] : []),
    size(bytes),
  ].join(', ');
}

/** Orientation (274), TIFF 6.0 section 8: what has to be done to see the picture upright. */
const ORIENTATIONS = [
  'upright',
  'mirrored left to right',
  'upside down',
  'mirrored top to bottom',
  'mirrored along the falling diagonal',
  'to be turned 90° clockwise',
  'mirrored along the rising diagonal',
  'to be turned 90° counterclockwise',
];

/** An orientation, 1 to 8, in words. */
export function orientationName(orientation: number): string {
  return ORIENTATIONS[orientation - 1] ?? '';
}

/** A number with two decimals at most. */
export function shortNumber(value: number): string {
  return `${Number(value.toFixed(2))}`;
}

/** What the JPEG would not have, of which page where there are several, and how that is avoided. */
export function lossText(
  { page, message, avoidedBy }: TiffFacts['losses'][number],
  pages: number,
): string {
  const where = page === undefined || pages === 1 ? '' : `page ${page}: `;
  return `${where}${message}${avoidedBy ? ` (not with ${avoidedBy})` : ''}`;
}

/** What is wrong, and with which directory where there are several. */
export function problemText(
  { directory: index, message }: TiffFacts['problems'][number],
  directories: TiffFacts['directories'],
): string {
  const directory = index === undefined ? undefined : directories[index];
  return `${directory && directories.length > 1 ? `${titleOf(directory)}: ` : ''}${message}`;
}
