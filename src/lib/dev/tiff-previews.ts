import { rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { previewTiff } from '../convert/preview-tiff.ts';
import { openConverter } from '../convert/process/converter.ts';
import type { Storage } from '../storage/client.ts';
import { openObject } from '../storage/download.ts';
import { temporaryBeside } from '../temporary-output.ts';
import { withWorkspace } from '../workspace.ts';
import { markOf } from './task-store.ts';

/** The most pixels a side: enough to compare at full size on a large screen. */
const MOST = { width: 2048, height: 2048 } as const;

/** Nobody waits longer for a picture, in milliseconds. */
const PATIENCE_MS = 60_000;

/** A TIFF in R2. */
export interface TiffObject {
  readonly key: string;
  /** As it is called in messages. */
  readonly name: string;
}

/** Pictures of TIFFs, which browsers do not show. */
export interface TiffPreviews {
  /**
   * The path of a PNG of a TIFF, upright: made at the first request, kept afterwards. Throws
   * `StorageError` and `ConversionError`.
   */
  pictureOf(tiff: TiffObject): Promise<string>;
  /** Ends what is being made. */
  close(): Promise<void>;
}

/** Makes previews as conversions read TIFFs, one after the other, and keeps them in the folder. */
export function openTiffPreviews(folder: string, storage: Storage): TiffPreviews {
  const closing = new AbortController();
  let last: Promise<unknown> = Promise.resolve();

  const make = (tiff: TiffObject, path: string) =>
    withWorkspace(async (workspace) => {
      const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(PATIENCE_MS)]);
      signal.throwIfAborted();
      const input = workspace.path('input.tif');
      const object = await openObject(storage, tiff.key, { signal });
      await object.saveTo(input);
      const converter = openConverter(workspace.folder);
      const output = temporaryBeside(path);
      try {
        const options = { name: tiff.name, page: 1, most: MOST, converter, signal };
        await previewTiff(input, output, options);
        await rename(output, path);
      } finally {
        await converter.close();
      }
    });
  return {
    async pictureOf(tiff) {
      const path = join(folder, `${markOf(tiff.key)}.png`);
      const made = last.then(async () => {
        if (!(await isThere(path))) await make(tiff, path);
      });
      last = made.catch(() => {});
      await made;
      return path;
    },
    async close() {
      closing.abort(new Error('arke-tiff dev is ending'));
      await last;
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
