import { ConversionError } from '../errors.ts';
import type { Likeness } from './events.ts';

/** How near a JPEG must be to its TIFF. */
export interface LikenessBounds {
  /** Decibels. */
  readonly psnrDb: number;
  readonly ssim: number;
}

/** Whether a JPEG is near enough; identical pictures have no PSNR. */
export function isNearEnough({ psnr_db, ssim }: Likeness, bounds: LikenessBounds): boolean {
  return (psnr_db === undefined || psnr_db >= bounds.psnrDb) && ssim >= bounds.ssim;
}

/** Throws `ConversionError` (`UNLIKE`) when the JPEG of a TIFF is not near enough to it. */
export function refuseUnlike(likeness: Likeness, bounds: LikenessBounds, name: string): void {
  if (isNearEnough(likeness, bounds)) return;
  const { psnr_db, ssim } = likeness;
  const psnr = psnr_db === undefined ? 'no difference' : `PSNR ${psnr_db.toFixed(1)} dB`;
  throw new ConversionError(
    'UNLIKE',
    `The JPEG of "${name}" is not near enough to it: ${psnr} (bound ${bounds.psnrDb}), ` +
      `SSIM ${ssim.toFixed(4)} (bound ${bounds.ssim}). It is not kept; look at the TIFF, or convert it without --verify.`,
  );
}
