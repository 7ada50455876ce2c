import { type FileHandle, open } from 'node:fs/promises';
import type { OutputInfo, Sharp } from 'sharp';
import { readTiffHeader } from '../header/tiff-header.ts';
import { highBytes } from './eight-bits.ts';

/** Saves finished pixels as an uncompressed TIFF of strips, in constant memory. */
export function savePixels(picture: Sharp, path: string): Promise<OutputInfo> {
  return picture.tiff({ compression: 'none', predictor: 'none', bigtiff: true }).toFile(path);
}

/** A picture saved by `savePixels`; close it. */
export interface SavedPicture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /**
   * Reads `count` rows from `first` on as 8-bit samples; the result is valid until the next call.
   */
  readRows(first: number, count: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** The end of a BigTIFF's header, where libtiff writes the first strip; the others follow. */
const FIRST_STRIP = 16;

/**
 * Opens a saved picture. Throws what reading throws, and if it is not in the form of `savePixels`.
 */
export async function openSaved(path: string): Promise<SavedPicture> {
  const page = (await readTiffHeader(path))?.pages[0];
  const { segments } = page ?? {};
  if (!page || !segments || segments.end !== FIRST_STRIP + segments.totalBytes)
    throw new Error('The pixels were not saved in one piece');
  const { width, height, samplesPerPixel: channels } = page;
  const wide = page.bitsPerSample[0] === 16;
  const rowBytes = segments.totalBytes / height;
  const file = await open(path);
  let buffer = new Uint8Array(0);
  return {
    width,
    height,
    channels,
    readRows: async (first, count) => {
      const length = count * rowBytes;
      if (buffer.length < length) buffer = new Uint8Array(length);
      const rows = buffer.subarray(0, length);
      await readAt(file, rows, FIRST_STRIP + first * rowBytes);
      return wide ? highBytes(rows) : rows;
    },
    close: () => file.close(),
  };
}

async function readAt(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  const { bytesRead } = await file.read(into, 0, into.length, position);
  if (bytesRead < into.length) throw new Error('The saved pixels are cut off');
}
