import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Converter, openConverter } from '../convert/process/converter.ts';
import { cutPieces, makeThumbnail } from '../convert/show-pictures.ts';
import type { Workspace } from '../workspace.ts';
import type { PictureSource } from './picture-source.ts';

/** Options for making the pictures of a report. */
export interface PictureOptions {
  /** Where they are kept until they are read. */
  readonly workspace: Workspace;
  /** How many conversion processes make them. */
  readonly jobs: number;
  /** Ends the work: pictures not made by then are missing. */
  readonly signal: AbortSignal;
  /** The local path of a JPEG from its record's `output`; default: `output` itself. */
  readonly pathOf?: PictureSource['pathOf'];
}

/** Pixels: twice the space in a table row, for high-resolution screens. */
export const THUMBNAIL = { width: 112, height: 88 } as const;

/** The longest wait for a picture, in milliseconds; few TIFFs take seconds to read. */
export const PATIENCE_MS = 60_000;

/**
 * Opens a source of pictures of local files, with conversion processes started on demand. A picture
 * never fails its report: if it cannot be made soon, it is missing. Throws what creating a folder
 * throws.
 */
export async function openPictures({
  workspace,
  jobs,
  signal,
  pathOf = (output) => output,
}: PictureOptions): Promise<PictureSource & { close(): Promise<void> }> {
  const converters = await Promise.all(
    Array.from({ length: jobs }, async (_, i) => {
      const folder = workspace.path(`pictures-${i}`);
      await mkdir(folder);
      return openConverter(folder);
    }),
  );
  const borrow = lending(converters);
  const picture = <T>(make: (converter: Converter, until: AbortSignal) => Promise<T>) =>
    borrow(async (converter) => {
      try {
        return await make(converter, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]));
      } catch {
        return undefined;
      }
    });
  return {
    jobs,
    pathOf,
    thumbnail: ({ output }) =>
      picture(async (converter, until) => {
        const jpeg = pathOf(output);
        if (jpeg === undefined) return undefined;
        const path = join(converter.temporaryFolder, 'thumbnail.webp');
        await makeThumbnail(jpeg, path, THUMBNAIL, {
          converter,
          signal: until,
        });
        return readFile(path);
      }),
    comparison: ({ input, output, page }, region, encoder) =>
      picture(async (converter, until) => {
        const jpeg = pathOf(output);
        if (jpeg === undefined) return undefined;
        const before = join(converter.temporaryFolder, 'before.webp');
        const after = join(converter.temporaryFolder, 'after.webp');
        const shown = { tiff: input, page, jpeg, encoder };
        const options = { converter, signal: until };
        await cutPieces(shown, { before, after }, region, options);
        return { before: await readFile(before), after: await readFile(after) };
      }),
    libraries: () => picture((converter, until) => converter.versions({ signal: until })),
    close: async () => {
      await Promise.all(converters.map((converter) => converter.close()));
    },
  };
}

/** Lends each thing to one borrower at a time; others wait for the next return. */
function lending<Thing>(things: readonly Thing[]) {
  const idle = [...things];
  const waiting: ((thing: Thing) => void)[] = [];
  return async <T>(use: (thing: Thing) => Promise<T>): Promise<T> => {
    const thing = idle.pop() ?? (await new Promise<Thing>((take) => waiting.push(take)));
    try {
      return await use(thing);
    } finally {
      const next = waiting.shift();
      if (next) next(thing);
      else idle.push(thing);
    }
  };
}
