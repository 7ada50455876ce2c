/**
 * Converts CIE L*a*b* (L 0 to 100) to sRGB, 0 to 1 each, clipping out-of-gamut colours. White is
 * D65, as in libvips, so that Lab looks the same with and without transparency.
 */
export function labToRgb(lab: Float64Array, into: Float64Array): void {
  const [l, a, b] = lab as unknown as [number, number, number];
  const fy = (l + 16) / 116;
  const x = 0.950_47 * inverse(fy + a / 500);
  const y = inverse(fy);
  const z = 1.088_827 * inverse(fy - b / 200);
  // IEC 61966-2-1.
  into[0] = gamma(3.240_625 * x - 1.537_208 * y - 0.498_629 * z);
  into[1] = gamma(-0.968_931 * x + 1.875_756 * y + 0.041_518 * z);
  into[2] = gamma(0.055_71 * x - 0.204_021 * y + 1.056_996 * z);
}

/** The inverse of L*a*b*'s cube root with its linear part (CIE 15). */
function inverse(t: number): number {
  return t > 6 / 29 ? t ** 3 : (t - 16 / 116) / 7.787;
}

function gamma(linear: number): number {
  const value = linear <= 0.003_130_8 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
  return Math.min(1, Math.max(0, value));
}
