import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Converter, openConverter } from '../convert/process/converter.ts';
import { cutPieces, makeThumbnail } from '../convert/show-jpeg.ts';
import type { Workspace } from '../workspace.ts';
import type { PictureSource } from './picture-source.ts';

/** What makes the pictures of a report. */
export interface PictureOptions {
  /** Where they lie until they are read. */
  readonly workspace: Workspace;
  /** How many conversion processes make them. */
  readonly jobs: number;
  /** Ends the work: nothing is shown of what was not made yet. */
  readonly signal: AbortSignal;
  /** The path on this machine of a JPEG, by its record's `output`; without it, `output` is the path. */
  readonly pathOf?: PictureSource['pathOf'];
}

/** Pixels: twice what a row of the table has room for, for dense screens. */
export const THUMBNAIL = { width: 112, height: 88 } as const;

/** Nobody waits longer for one picture, in milliseconds; few TIFFs take seconds to be read. */
export const PATIENCE_MS = 60_000;

/**
 * Opens a source of pictures of files on this machine: conversion processes, which are started when they are first
 * needed. A picture never fails what it is for: what cannot be made, or not soon, is not there. Throws what
 * making a folder throws.
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
    comparison: ({ input, output, page }, region, settings) =>
      picture(async (converter, until) => {
        const jpeg = pathOf(output);
        if (jpeg === undefined) return undefined;
        const before = join(converter.temporaryFolder, 'before.webp');
        const after = join(converter.temporaryFolder, 'after.webp');
        const shown = { tiff: input, page, jpeg, settings };
        const options = { converter, signal: until };
        await cutPieces(shown, { before, after }, region, options);
        return { before: await readFile(before), after: await readFile(after) };
      }),
    close: async () => {
      await Promise.all(converters.map((converter) => converter.close()));
    },
  };
}

/** Lends each thing to one borrower at a time; who finds none waits for the next that comes back. */
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
