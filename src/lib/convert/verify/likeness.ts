/** How near a JPEG is to its TIFF, as `verify` measured it on the decoded pictures. */
export interface Likeness extends Nearness {
  /** The same of another JPEG of the same pixels with the same settings: how near this TIFF lets a JPEG be. */
  readonly expected?: Nearness | undefined;
  /** The area of 64 × 64 pixels where it is least, by its left top in the JPEG as it is to be seen. */
  readonly worst?: { readonly x: number; readonly y: number; readonly ssim: number } | undefined;
}

/** How near a picture is to another. */
export interface Nearness {
  /** Decibels, over all channels; undefined when the pictures are identical. */
  readonly psnr_db: number | undefined;
  /** Structural similarity of the luma, at most 1. */
  readonly ssim: number;
}

/**
 * How much less like its TIFF a JPEG may be than another JPEG of the same pixels with the same settings. A fixed
 * bound would be none: a JPEG of quality 95 is less like noise than one of quality 50 is like a
 * portrait (docs/verify.md, "The bounds").
 */
export interface LikenessBounds {
  /** Decibels, of the whole picture. */
  readonly psnrDb: number;
  /** Structural similarity, of the whole picture. */
  readonly ssim: number;
  /** Decibels, of each area of 64 × 64 pixels. */
  readonly areaDb: number;
}

/** Measured: docs/verify.md, "The bounds". */
export const defaultLikenessBounds: LikenessBounds = { psnrDb: 2, ssim: 0.01, areaDb: 4 };
