/** How close a JPEG is to its TIFF, as `verify` measured on the decoded pictures. */
export interface Likeness extends Nearness {
  /**
   * The same for another JPEG of the same pixels with the same settings: how close a JPEG of this
   * TIFF can be.
   */
  readonly expected?: Nearness | undefined;
  /**
   * The area of 64 × 64 pixels with the lowest similarity, by its top left in the displayed JPEG.
   */
  readonly worst?: { readonly x: number; readonly y: number; readonly ssim: number } | undefined;
}

/** How close one picture is to another. */
export interface Nearness {
  /** Decibels, over all channels; undefined if the pictures are identical. */
  readonly psnr_db: number | undefined;
  /** Structural similarity of the luma, at most 1. */
  readonly ssim: number;
}

/**
 * How much further from its TIFF a JPEG may be than another JPEG of the same pixels with the same
 * settings. A fixed bound would not work: a JPEG of noise at quality 95 is further from its TIFF
 * than one of a portrait at quality 50 (docs/verify.md, "The bounds").
 */
export interface LikenessBounds {
  /** Decibels, for the whole picture. */
  readonly psnrDb: number;
  /** Structural similarity, for the whole picture. */
  readonly ssim: number;
  /** Decibels, for each area of 64 × 64 pixels. */
  readonly areaDb: number;
  /** Levels, of 255, by which a channel's mean may differ in such an area. */
  readonly levels: number;
}

/** Measured: docs/verify.md, "The bounds". */
export const defaultLikenessBounds: LikenessBounds = {
  psnrDb: 2,
  ssim: 0.01,
  areaDb: 4,
  levels: 1,
};
