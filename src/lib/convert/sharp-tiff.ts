import type { Sharp, default as SharpFactory } from 'sharp';

/** Makes a pipeline that reads a TIFF, or raw pixels, and nothing else. */
export type OpenTiff = (path: string) => Sharp;

/** Sharp, able to read TIFFs only. */
export interface TiffReader {
  readonly openTiff: OpenTiff;
  readonly sharp: typeof SharpFactory;
  /** What made the pixels, for provenance: name and version of each library. */
  readonly versions: string;
}

/**
 * Loads sharp and blocks every loader but TIFF's for the whole process: a JPEG, SVG or PDF that is
 * named .tif must be refused, not converted by whatever loader matches (design: section 3).
 */
export async function loadTiffReader(): Promise<TiffReader> {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadTiff'] });
  return {
    sharp,
    // failOn 'warning' never gave a partial picture in 116 truncations; 'error' did in 14 (design: facts).
    openTiff: (path) => sharp(path, { failOn: 'warning', sequentialRead: true }),
    versions: `sharp/${sharp.versions.sharp} vips/${sharp.versions.vips} mozjpeg/${sharp.versions.mozjpeg ?? '-'}`,
  };
}
