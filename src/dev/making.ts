import {
  defaultEncoderSettings,
  type EncoderSettings,
  readEncoder,
} from '../lib/convert/encoder-settings.ts';

/**
 * How a JPEG in R2 was made, as far as its metadata say (`outputs/bucket/provenance.ts` writes
 * them).
 */
export interface PictureSettings {
  /** Page of the TIFF, from 1. */
  readonly page: number;
  readonly encoder: EncoderSettings;
}

/**
 * Reads it from custom metadata. Without metadata, the contract's settings and the first page are
 * assumed.
 */
export function makingOf(metadata: Readonly<Record<string, string>>): PictureSettings {
  const { 'arke-page': page = '1', 'arke-encoder': encoder = '' } = metadata;
  return {
    page: /^[1-9]\d{0,8}$/.test(page) ? Number(page) : 1,
    encoder: readEncoder(encoder) ?? defaultEncoderSettings,
  };
}
