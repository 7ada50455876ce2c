import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { SeenRegion } from './page-data.ts';

/** A JPEG of a page of a TIFF, as the records name them. */
export interface JpegOfTiff {
  readonly input: string;
  readonly output: string;
  /** Counted from 1. */
  readonly page: number;
}

/** The same place of a TIFF and of its JPEG, at 100 %, without any loss: two WebPs. */
export interface PicturePair {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Where the pictures of a report come from. What cannot be shown is undefined; nothing of it throws. */
export interface PictureSource {
  /** How many pictures may be asked for at once. */
  readonly jobs: number;
  /** A WebP of the JPEG, for people to recognise it. */
  thumbnail(jpeg: JpegOfTiff): Promise<Uint8Array | undefined>;
  /** A region of the TIFF, rendered as for the JPEG with these settings, and the JPEG's own pixels there. */
  comparison(
    jpeg: JpegOfTiff,
    region: SeenRegion,
    settings: EncoderSettings,
  ): Promise<PicturePair | undefined>;
  /** The path on this machine of an output that is named in a record; undefined where it is elsewhere. */
  pathOf(output: string): string | undefined;
}

/** For a report of files on this machine that is to have no pictures. */
export const noPictures: PictureSource = {
  jobs: 1,
  thumbnail: async () => undefined,
  comparison: async () => undefined,
  pathOf: (output) => output,
};
