import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { SeenRegion } from './page-data.ts';

/** A JPEG of a TIFF's page, as named in records. */
export interface JpegOfTiff {
  readonly input: string;
  readonly output: string;
  /** Counted from 1. */
  readonly page: number;
}

/** The same section of a TIFF and its JPEG, at 100 % and lossless: two WebPs. */
export interface PicturePair {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** The source of a report's pictures. Missing pictures are undefined; nothing throws. */
export interface PictureSource {
  /** How many pictures may be requested at once. */
  readonly jobs: number;
  /** A small WebP of the JPEG. */
  thumbnail(jpeg: JpegOfTiff): Promise<Uint8Array | undefined>;
  /**
   * A section of the TIFF, rendered as for the JPEG with these settings, and the JPEG's pixels
   * there.
   */
  comparison(
    jpeg: JpegOfTiff,
    region: SeenRegion,
    encoder: EncoderSettings,
  ): Promise<PicturePair | undefined>;
  /** Names and versions of the libraries that made the pictures; undefined if none were made. */
  libraries(): Promise<string | undefined>;
  /** The local path of a record's output; undefined if it is elsewhere. */
  pathOf(output: string): string | undefined;
}

/** For a report of local files without pictures. */
export const noPictures: PictureSource = {
  jobs: 1,
  thumbnail: async () => undefined,
  comparison: async () => undefined,
  libraries: async () => undefined,
  pathOf: (output) => output,
};
