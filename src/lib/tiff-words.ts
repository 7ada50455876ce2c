/*
 * Describes a TIFF in words, for `inspect` and the page of `dev`. Also runs in browsers, so it
 * imports only words and types. Callers escape control characters.
 */
import type { PlanFacts } from './plan-words.ts';
import { sizeOf } from './size-words.ts';

/** A label and its text. */
export type WordedFact = readonly [label: string, text: string];

/** The fields of an inspection that are described here. */
export interface TiffFacts {
  readonly bytes: number;
  readonly format: string;
  readonly byteOrder: string;
  readonly pages: number;
  readonly directories: readonly DirectoryFacts[];
  readonly problems: readonly {
    /** Place of the directory in the chain, from 0; absent if the problem is the file's. */
    readonly directory?: number | undefined;
    readonly severity: 'error' | 'warning';
    readonly message: string;
  }[];
  readonly losses: readonly {
    readonly page?: number | undefined;
    readonly message: string;
    /** The setting that keeps it. */
    readonly avoidedBy?: string | undefined;
  }[];
}

/** A picture of a TIFF: one of its directories or SubIFDs. */
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

/** A picture in the chain of directories. */
export interface DirectoryFacts extends PictureFacts {
  /** Place in the chain, from 0. */
  readonly index: number;
}

/** Headings for `lossText` and `problemText`. */
export const LOSSES_TITLE = 'Lost or changed by converting';
export const PROBLEMS_TITLE = 'Wrong with the file';

/** The file as a whole: `TIFF, little-endian, 22.1 MB, 1 page`. */
export function fileText({ format, byteOrder, bytes, pages }: TiffFacts): string {
  return `${format}, ${byteOrder}, ${sizeOf(bytes)}, ${pages} ${pages === 1 ? 'page' : 'pages'}`;
}

const ROLES = { reduced: 'smaller version', mask: 'transparency mask' } as const;

/** The title of a directory. */
export function titleOf({
  index,
  role,
  page,
}: Pick<DirectoryFacts, 'index' | 'role' | 'page'>): string {
  return role === 'page' ? `Page ${page}` : `Directory ${index + 1} (${ROLES[role]})`;
}

/** Size, samples, compression; orientation unless upright; profile if there is one. */
export function pictureFacts(picture: PictureFacts): WordedFact[] {
  const { orientation, profile } = picture;
  return [
    ['Size', pixelsText(picture)],
    ['Samples', samplesText(picture)],
    ['Compression', compressionText(picture)],
    ...(orientation === 1
      ? []
      : [['Orientation', `${orientationName(orientation)} (${orientation})`] as const]),
    ...(profile ? [['Profile', profileText(profile)] as const] : []),
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
  // Without a unit it is only the shape of the pixels, which conversions ignore.
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

function compressionText({ compression, segments }: PictureFacts): string {
  if (!segments) return compression;
  const { kind, count, width, height, bytes } = segments;
  const one = count === 1 ? kind.slice(0, -1) : kind;
  return `${compression}, ${count} ${one} of ${width} × ${height} pixels, ${sizeOf(bytes)}`;
}

function profileText({
  description,
  colourSpace,
  bytes,
}: NonNullable<PictureFacts['profile']>): string {
  return [
    ...(description ? [`"${description}"`] : []),
    ...(colourSpace ? [colourSpace] : []),
    sizeOf(bytes),
  ].join(', ');
}

/** Orientation (274), TIFF 6.0 section 8: how the stored picture lies. */
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

/** A number with at most two decimals. */
export function shortNumber(value: number): string {
  return `${Number(value.toFixed(2))}`;
}

/** A loss: its page if there are several, and the setting that avoids it. */
export function lossText(
  { page, message, avoidedBy }: TiffFacts['losses'][number],
  pages: number,
): string {
  const where = page === undefined || pages === 1 ? '' : `Page ${page}: `;
  return `${where}${message}${avoidedBy ? ` (${avoidedBy} avoids this)` : ''}`;
}

/** A problem, with its directory if there are several. */
export function problemText(
  { directory: index, message }: TiffFacts['problems'][number],
  directories: TiffFacts['directories'],
): string {
  const directory = index === undefined ? undefined : directories[index];
  return `${directory && directories.length > 1 ? `${titleOf(directory)}: ` : ''}${message}`;
}
