import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describeEncoder, type EncoderSettings } from '../lib/convert/encoder-settings.ts';
import { openConverter } from '../lib/convert/process/converter.ts';
import { previewTiff } from '../lib/convert/show-pictures.ts';
import type { Storage } from '../lib/storage/client.ts';
import { type OpenObject, openObject } from '../lib/storage/download.ts';
import { temporaryBeside } from '../lib/temporary-output.ts';
import { withWorkspace } from '../lib/workspace.ts';
import { markOf } from './task-store.ts';

/** The most pixels per side: enough to compare at full size on a large screen. */
const MOST = { width: 2048, height: 2048 } as const;

/** The longest wait for a picture, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Version of the way pictures are made: the folder may contain older ones. */
const MAKING = 2;

/** A page of a TIFF in R2, and how its JPEG was made. */
export interface PageToShow {
  readonly key: string;
  /** The TIFF's name in messages. */
  readonly name: string;
  /** Counted from 1. */
  readonly page: number;
  readonly encoder: EncoderSettings;
}

/** Pictures of TIFFs, which browsers cannot show. */
export interface TiffPreviews {
  /**
   * The path of a PNG of a page as its JPEG shows it, upright; made at the first request for a
   * version of the TIFF, then kept. Throws `StorageError` and `ConversionError`.
   */
  pictureOf(page: PageToShow): Promise<string>;
  /** Stops work in progress. */
  close(): Promise<void>;
}

/**
 * Makes previews with the reader of conversions, one after the other, and keeps them in the folder.
 */
export function openTiffPreviews(folder: string, storage: Storage): TiffPreviews {
  const closing = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  const make = (shown: PageToShow, object: OpenObject, path: string, signal: AbortSignal) =>
    withWorkspace(async (workspace) => {
      const { name, page, encoder } = shown;
      const input = workspace.path('input.tif');
      await object.saveTo(input);
      const converter = openConverter(workspace.folder);
      const output = temporaryBeside(path);
      try {
        await previewTiff(input, output, { name, page, most: MOST, encoder, converter, signal });
        await rename(output, path);
      } finally {
        await converter.close();
      }
    });
  const find = async (shown: PageToShow) => {
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(PATIENCE_MS)]);
    signal.throwIfAborted();
    const object = await openObject(storage, shown.key, { signal });
    try {
      const path = join(folder, `${markOfPicture(shown, object.info.etag)}.png`);
      if (!(await isThere(path))) await make(shown, object, path, signal);
      return path;
    } finally {
      object.discard();
    }
  };
  return {
    async pictureOf(shown) {
      const found = last.then(() => find(shown));
      last = found.catch(() => {});
      return found;
    },
    async close() {
      closing.abort(new Error('arke-tiff dev is ending'));
      await last;
    },
  };
}

/** The file name depends on the TIFF, its version, page and settings, and on `MAKING`. */
function markOfPicture({ key, page, encoder }: PageToShow, etag: string): string {
  return markOf(JSON.stringify([MAKING, key, etag, page, describeEncoder(encoder)]));
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
