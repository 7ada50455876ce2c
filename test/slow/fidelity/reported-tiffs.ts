import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import type { ConversionNote } from '../../../src/lib/convert/messages.ts';
import type { Picture } from '../../support/pixels.ts';
import type { SharedTiff } from '../../support/shared-tiffs.ts';

/**
 * Files of bug reports, and pictures of what is right: beside the project, never copied into it.
 */
const folder = fileURLToPath(new URL('../../../../shared/tiffs/reported/', import.meta.url));
export const hasReportedTiffs = existsSync(folder);

/** A TIFF that people had trouble with, and what must become of it. */
export interface ReportedTiff extends SharedTiff {
  /**
   * The picture that is right, where one lies beside the files, and how like it a JPEG must be, in
   * decibels.
   */
  readonly scene: { readonly right: string; readonly like: number } | undefined;
  /** A warning that it is converted with. */
  readonly code: ConversionNote['code'] | undefined;
  /** What its error says, where it has no picture. */
  readonly error: RegExp | undefined;
}

type Row = Partial<Pick<ReportedTiff, 'scene' | 'code' | 'error' | 'width' | 'height'>>;

const scene = (right: string, like = 38) => ({ scene: { right, like } });
const SCENE = scene('scene-96x64');
/**
 * Of these, tiff2rgba, ImageMagick, vips and sharp all give 29.39 dB: so much their own encoders
 * lost of the scene.
 */
export const SUBSAMPLED = ['jpeg-progressive-in-tiff.tif', 'jpeg-sof-72-rows-strip-64.tif'];
const LOSSY = scene('scene-96x64', 29);
const GREY = scene('grey-96x64');
const BILEVEL = scene('g4-96x64', 20);
const size = (width: number, height: number, code: ConversionNote['code']) => ({
  width,
  height,
  code,
});

/** By kind, as docs/fidelity.md counts them. */
const KINDS: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  'REPORTED-thumbnail-first': {
    'thumbnail-ifd0-main-in-subifd.tif': SCENE,
    'Tiff-Library-4J__tiffep-sample-EP-jpeg-thumb.tif': size(2000, 3008, 'THUMBNAIL_SKIPPED'),
    'thumbnail-ifd0-dng-linearraw-in-subifd.tif': { error: /raw camera data/ },
  },
  'REPORTED-broken-chain': {
    'chain-next-ifd-has-zero-tags__says-out-of-memory.tif': SCENE,
    'chain-next-ifd-behind-eof.tif': SCENE,
    'chain-no-next-pointer-g4-pdf-reader-60.tif': BILEVEL,
    'Pillow__multipage_multiple_frame_loop.tiff': size(10, 10, 'PAGES_UNREACHABLE'),
    'TwelveMonkeys__ifd-end-pointer.tif': size(6, 4, 'PAGES_UNREACHABLE'),
    'metadata-extractor-images__9b286add70871bbbef1601997b429344.tif': size(
      ...([1646, 2332, 'PAGES_NOT_CONVERTED'] as const),
    ),
  },
  'REPORTED-empty-or-unknown-tag': {
    'xmp-count-0.tif': SCENE,
    'imagesourcedata-count-0.tif': SCENE,
    'private-tag-type-0-magicknet.tif': SCENE,
    'TwelveMonkeys__house.tif': size(512, 512, 'WARNINGS_FORGIVEN'),
    'REAL-jhove-chase-tif-f.tif': size(360, 270, 'WARNINGS_FORGIVEN'),
  },
  'REPORTED-value-out-of-range': {
    'orientation-0-thumbsplus.tif': SCENE,
    'resolutionunit-0.tif': SCENE,
    'fillorder-0.tif': SCENE,
    'bitspersample-4-values-for-3-pillow-6041.tif': SCENE,
  },
  'REPORTED-no-extrasamples': {
    'rgb-4-samples-no-extrasamples-hugin.tif': SCENE,
    'grey-ir-no-extrasamples.tif': GREY,
    'cmyk-5-samples-no-extrasamples.tif': size(96, 64, 'EXTRA_SAMPLES_DROPPED'),
  },
  'REPORTED-sizes-of-strips': {
    'no-stripbytecounts-16bit-image-js-38.tif': GREY,
    'no-stripbytecounts-g4.tif': BILEVEL,
    'stripbytecount-rounded-up-beyond-eof.tif': SCENE,
    'TwelveMonkeys__CCITT-G4-300dpi-StripByteCounts0.tif': size(2480, 3507, 'WARNINGS_FORGIVEN'),
  },
  'REPORTED-sparse-tile': {
    'gdal-sparse-tile.tif': { error: /1 of its 4 tiles has 0 bytes \(a sparse TIFF, or/ },
  },
  'REPORTED-jpeg-within': {
    'jpeg-ycbcr444-no-subsampling-tag-bioformats.tif': SCENE,
    ...Object.fromEntries(SUBSAMPLED.map((file) => [file, LOSSY])),
  },
  'REPORTED-odd-tiles': { 'tiles-100x100-bioformats-3708.tif': scene('tiles-150x120') },
  'REPORTED-old-lzw': { 'lzw-old-style.tif': GREY },
  'REPORTED-old-jpeg': {
    'REAL-libtiffpic-smallliz-ojpeg.tif': scene('smallliz', 30),
    'TwelveMonkeys__foto_0001.tif': size(1663, 2338, 'COLOURS_ASSUMED'),
  },
  'REPORTED-fax': {
    'libtiff.net__G3_Premature_EOL.tif': size(1728, 2320, 'WARNINGS_FORGIVEN'),
    'metadata-extractor-images__b1247c37897d354610a07ddfe17eb669.tif': size(
      ...([1728, 2311, 'FAX_ROWS_MISSING'] as const),
    ),
    'TwelveMonkeys__ccitt_tolessrows.tif': {
      error: /2 of the 6 rows of the fax are missing, more than 1 %/,
    },
  },
};

/** All of them; none where they are not on this machine. */
export function reportedTiffs(): ReportedTiff[] {
  if (!hasReportedTiffs) return [];
  return Object.entries(KINDS).flatMap(([kind, files]) =>
    Object.entries(files).map(([file, row]) => ({
      file,
      path: `${folder}${file}`,
      class: kind,
      samePixels: false,
      pages: 0,
      expected: row.error ? ('error' as const) : ('ok' as const),
      scene: row.scene,
      code: row.code,
      error: row.error,
      width: row.width ?? 0,
      height: row.height ?? 0,
      // What the encoders within have lost of the scene is no reader's fault.
      right: SUBSAMPLED.includes(file)
        ? undefined
        : row.scene && (() => rightPicture(row.scene?.right ?? '')),
    })),
  );
}

/** One of the pictures that lie beside the files. */
export async function rightPicture(name: string): Promise<Picture> {
  sharp.unblock({ operation: ['VipsForeignLoadPng'] });
  const png = sharp(await readFile(`${folder}EXPECTED-${name}.png`)).removeAlpha();
  const { data, info } = await png
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { ...info, data };
}
