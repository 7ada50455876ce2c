import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { convertInPlace } from '../../src/lib/convert/convert-in-place.ts';
import { type EncoderSettings, encoderSettings } from '../../src/lib/convert/encoder-settings.ts';
import { cutPieces, previewTiff } from '../../src/lib/convert/show-pictures.ts';
import { useComparisons } from './comparisons.ts';
import type { PageKind } from './page-kinds.ts';
import { decodeJpeg, type Picture } from './pixels.ts';
import { makeTiff } from './tiff-writer.ts';

/** A TIFF and its JPEG. */
export interface Both {
  readonly tiff: string;
  readonly jpeg: string;
  readonly settings: Partial<EncoderSettings>;
}

/** For the tests of a file: what is shown of TIFFs and JPEGs, in one conversion process. */
export function useShownPictures() {
  const { folder, converter, compare } = useComparisons();
  const { signal } = new AbortController();
  return {
    /** Draws a TIFF and converts it. */
    makeBoth: async (
      kind: PageKind,
      settings: Partial<EncoderSettings> = {},
      orientation = 1,
    ): Promise<Both> => {
      const tiff = await folder.write('scan.tif', await kind.make(orientation));
      const jpeg = folder.path('scan.jpg');
      await convertInPlace(tiff, jpeg, { ...settings, converter: converter() });
      return { tiff, jpeg, settings };
    },
    /** What a report shows: all of the TIFF, and all of its JPEG. */
    pieces: async ({ tiff, jpeg, settings }: Both) => {
      const { width, height } = await decodeJpeg(jpeg);
      const [before, after] = [folder.path('before.webp'), folder.path('after.webp')];
      const shown = { tiff, page: 1, jpeg, encoder: encoderSettings(settings) };
      const region = { left: 0, top: 0, width, height };
      await cutPieces(shown, { before, after }, region, { converter: converter(), signal });
      return { before: await storedPixels(before), after: await storedPixels(after) };
    },
    /** What `inspect` and `dev` show of a TIFF: a PNG of at most so many pixels a side. */
    preview: async ({ tiff, settings }: Pick<Both, 'tiff' | 'settings'>, side = 2_048) => {
      const output = folder.path('preview.png');
      const most = { width: side, height: side };
      const options = {
        name: 'scan.tif',
        page: 1,
        most,
        encoder: settings,
        converter: converter(),
        signal,
      };
      await previewTiff(tiff, output, options);
      return readFile(output);
    },
    /**
     * Compares a JPEG with what was shown of its TIFF, by the bounds of `--verify`. Throws
     * `UNLIKE`.
     */
    verify: async (shown: Picture, { jpeg, settings }: Both, icc?: Buffer) => {
      const { channels } = await decodeJpeg(jpeg);
      const { width, height } = shown;
      const data = shown.data.filter((_, i) => i % (shown.channels / channels) === 0);
      const colours = { samplesPerPixel: channels, photometric: channels === 1 ? 1 : 2 };
      const tiff = makeTiff({ width, height, ...colours, data, ...(icc ? { icc } : {}) });
      return compare(await folder.write('shown.tif', tiff), jpeg, settings);
    },
  };
}

/** The samples of a file as they are stored, whatever profile is with them. */
export async function storedPixels(file: string | Buffer): Promise<Picture> {
  const bytes = typeof file === 'string' ? await readFile(file) : file;
  const { data, info } = await sharp(bytes, { ignoreIcc: true })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, data };
}
