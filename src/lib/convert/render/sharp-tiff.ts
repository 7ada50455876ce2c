import type { Sharp, default as SharpFactory } from 'sharp';

/** How a TIFF is opened. */
export interface OpenOptions {
  /** Which directory of the chain, from 0. */
  readonly page?: number;
  /** Which of the directories that the SubIFDs tag of that one lists, from 0. */
  readonly subIfd?: number | undefined;
  /** Reads on in spite of warnings: for a TIFF whose completeness is proven. */
  readonly forgiving?: boolean;
  /** Lifts the decoder's own limits of size; for pictures whose memory was planned. */
  readonly unlimited?: boolean;
  /** Reads where the pipeline wants to, not from top to bottom: for turning a picture on disk. */
  readonly randomAccess?: boolean;
  /** Leaves colours as the file has them, whatever its profile says of them; CMYK and Lab must not be. */
  readonly ignoreProfile?: boolean;
}

/** Sharp, able to read TIFFs only. */
export interface TiffReader {
  /** Makes a pipeline that reads a TIFF and nothing else. */
  openTiff(path: string, options?: OpenOptions): Sharp;
  readonly sharp: typeof SharpFactory;
  /** What made the pixels, for provenance: name and version of each library. */
  readonly versions: string;
}

/**
 * Loads sharp and blocks every loader but TIFF's for the whole process: a JPEG, SVG or PDF that is
 * named .tif must be refused, not converted by whatever loader matches. Nothing
 * is cached: each file is read once.
 */
export async function loadTiffReader(): Promise<TiffReader> {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadTiff'] });
  sharp.cache(false);
  return {
    sharp,
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
 * Lets JPEGs be read while `read` runs, and blocks them again afterwards: meanwhile no TIFF may be opened that is not
 * our own, and no other job may run, as this holds for the whole process. Colours are as stored, whatever the
 * profile, or converted to sRGB. Throws what `read` throws.
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
 * Sharp 0.35.5 looks at `sequentialRead` only where an `access` is set, which its own options never
 * do; without this a picture that is turned is copied into memory, whatever `sequentialRead` says.
 */
function reallyRandom(picture: Sharp): Sharp {
  const { options } = picture as unknown as { options: { input: { access?: boolean } } };
  options.input.access = true;
  return picture;
}
