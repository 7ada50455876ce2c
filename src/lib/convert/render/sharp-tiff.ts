import type { Sharp, default as SharpFactory } from 'sharp';
import { type Decoders, openDecoders } from '../fallback/decoders.ts';

/** How a TIFF is opened. */
export interface OpenOptions {
  /** Index of the directory in the chain, from 0. */
  readonly page?: number;
  /** Index in that directory's SubIFDs tag, from 0. */
  readonly subIfd?: number | undefined;
  /** Reads on despite warnings: for TIFFs proven complete. */
  readonly forgiving?: boolean;
  /** Lifts the decoder's own size limits, for pictures whose memory is planned. */
  readonly unlimited?: boolean;
  /** Reads in the order of the pipeline, not top to bottom: for turning on disk. */
  readonly randomAccess?: boolean;
  /** Keeps colours as stored, ignoring the profile; not for CMYK and Lab. */
  readonly ignoreProfile?: boolean;
}

/** sharp, restricted to TIFFs, and the decoders for those that it cannot read. */
export interface TiffReader {
  /** A pipeline that reads a TIFF and nothing else. */
  openTiff(path: string, options?: OpenOptions): Sharp;
  readonly sharp: typeof SharpFactory;
  readonly decoders: Decoders;
  /** Name and version of each library behind the pixels, for provenance. */
  readonly versions: string;
}

/**
 * Loads sharp and blocks every loader but TIFF's for the whole process: a JPEG, SVG or PDF named
 * .tif must be refused, not converted by another loader. Nothing is cached, because each file is
 * read once.
 */
export async function loadTiffReader(): Promise<TiffReader> {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadTiff'] });
  sharp.cache(false);
  return {
    sharp,
    decoders: openDecoders(),
    openTiff: (path, options = {}) => {
      const { page = 0, subIfd = -1, unlimited = false, randomAccess = false } = options;
      const { forgiving = false, ignoreProfile = false } = options;
      const picture = sharp(path, {
        // failOn 'warning' never gave a partial picture in 116 truncations; 'error' did in 14.
        failOn: forgiving ? 'error' : 'warning',
        sequentialRead: !randomAccess,
        page,
        tiff: { subifd: subIfd },
        ignoreIcc: ignoreProfile,
        ...(unlimited ? { unlimited, limitInputPixels: false } : {}),
      });
      return randomAccess ? reallyRandom(picture) : picture;
    },
    versions: `sharp/${sharp.versions.sharp} vips/${sharp.versions.vips} mozjpeg/${sharp.versions.mozjpeg ?? '-'}`,
  };
}

const JPEG = ['VipsForeignLoadJpeg'];

/**
 * Allows JPEGs while `read` runs, and blocks them again afterwards. Because this holds for the
 * whole process, no foreign TIFF may be opened and no other request may run meanwhile. Colours are
 * as stored, whatever the profile, or converted to sRGB. Throws what `read` throws.
 */
export async function withJpegs<T>(
  { sharp }: TiffReader,
  colours: 'as stored' | 'sRGB',
  read: (openJpeg: (path: string) => Sharp) => Promise<T>,
): Promise<T> {
  const options = {
    failOn: 'warning',
    sequentialRead: true,
    unlimited: true,
    limitInputPixels: false,
    ignoreIcc: colours === 'as stored',
  } as const;
  sharp.unblock({ operation: JPEG });
  try {
    return await read((path) => sharp(path, options));
  } finally {
    sharp.block({ operation: JPEG });
  }
}

/**
 * sharp 0.35.5 honours `sequentialRead` only if `access` is set, which its own options never do;
 * without this a turned picture is always copied into memory.
 */
function reallyRandom(picture: Sharp): Sharp {
  const { options } = picture as unknown as { options: { input: { access?: boolean } } };
  options.input.access = true;
  return picture;
}
