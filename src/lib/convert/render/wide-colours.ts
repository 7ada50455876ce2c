import type { Metadata, Sharp } from 'sharp';

/**
 * Sees that colours of 16 bits with a profile become sRGB. Sharp 0.35.5 takes them to Display P3 to work
 * on them, and leaves them there, without a profile, unless an output profile is asked for: everything is
 * paler than it was.
 */
export function leaveWideColours(picture: Sharp, { space, icc }: Metadata): void {
  if (space === 'rgb16' && icc) picture.withIccProfile('srgb', { attach: false });
}
