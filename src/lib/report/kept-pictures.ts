import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PageRecord, SourceRecord } from '../collection/events.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { Converter } from '../convert/process/converter.ts';
import { cutPieces, makeThumbnail } from '../convert/show-pictures.ts';
import { PATIENCE_MS, THUMBNAIL } from './converted-pictures.ts';
import { doubtsOf, worstOf } from './doubt.ts';
import { PICTURE_BYTES, regionOf } from './gather-pictures.ts';
import { keepMostDoubtful } from './most-doubtful.ts';
import type { JpegOfTiff, PictureSource } from './picture-source.ts';

/** A TIFF and its JPEGs that will soon be removed from this machine. */
export interface PassingFile {
  readonly source: SourceRecord;
  readonly tiff: string;
  readonly pages: readonly { readonly record: PageRecord; readonly jpeg: string }[];
  readonly encoder: EncoderSettings;
  readonly converter: Converter;
  readonly signal: AbortSignal;
}

/** Pictures made while their sources existed. */
export interface KeptPictures extends PictureSource {
  /** Makes a file's pictures as far as possible. Never throws. */
  keep(file: PassingFile): Promise<void>;
}

/**
 * Disk space for comparisons until the report is written: four times what fits into it, because
 * only the whole run shows which are the most doubtful. Thumbnails may take as much as fits.
 */
const KEPT_BYTES = 4 * PICTURE_BYTES;

/** Pictures requested at once: they only have to be read. */
const READS_AT_ONCE = 4;

/**
 * Pictures for the report of files that do not stay here: made one by one and kept in a folder;
 * above `bytes`, those of the least doubtful files are dropped first.
 */
export function keepPictures(folder: string, bytes = KEPT_BYTES): KeptPictures {
  const thumbnails = new Map<string, string>();
  const pieces = keepMostDoubtful(bytes);
  let count = 0;
  let thumbnailBytes = 0;
  let libraries: string | undefined;
  const addThumbnail = async (id: string, path: string) => {
    thumbnailBytes += (await stat(path)).size;
    if (thumbnailBytes > PICTURE_BYTES) await rm(path);
    else thumbnails.set(id, path);
  };
  return {
    jobs: READS_AT_ONCE,
    pathOf: () => undefined,
    libraries: async () => libraries,
    thumbnail: async (jpeg) => {
      const path = thumbnails.get(idOf(jpeg));
      return path === undefined ? undefined : readFile(path).catch(() => undefined);
    },
    comparison: async (jpeg) => {
      const kept = pieces.get(idOf(jpeg));
      if (!kept) return undefined;
      const reads = Promise.all([readFile(kept.before), readFile(kept.after)]);
      return reads.then(([before, after]) => ({ before, after })).catch(() => undefined);
    },
    keep: async ({ source, tiff, pages, encoder, converter, signal }) => {
      const worst = worstOf(pages.map(({ record }) => record));
      const shown = pages.find(({ record }) => record === worst);
      if (!worst || !shown) return;
      const { page } = worst;
      const id = idOf({ input: source.input, page });
      const path = (kind: string) => join(folder, `${count}-${kind}.webp`);
      const files = { thumbnail: path('jpeg'), before: path('before'), after: path('after') };
      count++;
      const options = () => {
        const until = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
        return { converter, signal: until };
      };
      await quietly(async () => {
        libraries ??= await converter.versions(options());
      });
      await quietly(async () => {
        await makeThumbnail(shown.jpeg, files.thumbnail, THUMBNAIL, options());
        await addThumbnail(id, files.thumbnail);
      });
      await quietly(async () => {
        const { before, after } = files;
        const jpeg = { tiff, page, jpeg: shown.jpeg, encoder };
        await cutPieces(jpeg, files, regionOf(worst), options());
        await pieces.add(id, { before, after, doubt: doubtAbout(source, pages) });
      });
    },
  };
}

/** How doubtful a file is by itself; the less similar, the more. */
function doubtAbout(source: SourceRecord, pages: PassingFile['pages']): number {
  const [first, ...others] = pages.map(({ record }) => record);
  if (!first) return 0;
  const record = { ...source, status: 'converted', ms: 0, pages: [first, ...others] } as const;
  const [doubt] = doubtsOf([record]);
  return (doubt?.weight ?? 0) - (worstOf(record.pages)?.likeness?.ssim ?? 1);
}

function idOf({ input, page }: Pick<JpegOfTiff, 'input' | 'page'>): string {
  return `${page} ${input}`;
}

/** A picture that cannot be made is simply missing. */
async function quietly(work: () => Promise<void>): Promise<void> {
  await work().catch(() => {});
}
