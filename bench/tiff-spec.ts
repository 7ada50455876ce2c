/** What the TIFFs of measurements are like, and how such a TIFF is called. */

/**
 * What no encoder at hand writes: made in memory, uncompressed or deflate, `strips` or `one strip`.
 */
export type RareKind = 'palette' | 'bilevel' | 'planar' | 'cmyka';

/** What a TIFF shall be. */
export interface TiffSpec {
  readonly megapixels: number;
  readonly kind: 'rgb' | 'grey' | 'cmyk' | 'rgba' | RareKind;
  /** Of a sample; `bilevel` has 1, the other rare kinds 8. */
  readonly bits: 1 | 8 | 16;
  /** `progressive jpeg`: in one strip only. */
  readonly compression: 'none' | 'lzw' | 'deflate' | 'jpeg' | 'progressive jpeg';
  /** `one strip`: of 8 bits, rgb or grey, not LZW; as JPEG only rgb. */
  readonly layout: 'strips' | 'tiles' | 'one strip';
  readonly orientation: number;
  /** A profile with a wide gamut is embedded. */
  readonly profile?: 'p3';
  /** 60 032 pixels wide or high, and as high or wide as that leaves; else five to four. */
  readonly shape?: 'wide' | 'high';
  /** Each pixel is noise, which JPEG hardly makes smaller. */
  readonly noisy?: true;
}

/** The spec as one word: `rgb8-lzw-strips-o1-24mp`. */
export function nameOf(spec: TiffSpec): string {
  const { kind, bits, compression, layout, orientation, megapixels, profile, shape, noisy } = spec;
  const words = [
    `${kind}${bits}`,
    compression.replace(' ', '-'),
    layout.replace(' ', '-'),
    `o${orientation}`,
    profile,
    shape,
    noisy && 'noisy',
  ];
  return [...words.filter((word) => word !== undefined), `${megapixels}mp`].join('-');
}
