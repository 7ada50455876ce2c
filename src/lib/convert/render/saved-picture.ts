import { type FileHandle, open } from 'node:fs/promises';
import type { OutputInfo, Sharp } from 'sharp';
import { readTiffHeader } from '../header/tiff-header.ts';

/** Saves finished pixels as an uncompressed TIFF of strips, in constant memory. */
export function savePixels(picture: Sharp, path: string): Promise<OutputInfo> {
  return picture.tiff({ compression: 'none', predictor: 'none', bigtiff: true }).toFile(path);
}

/** A picture that `savePixels` has saved; close it. */
export interface SavedPicture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** Reads so many rows as samples of 8 bits, from one on; what is read is valid until the next call. */
  readRows(first: number, count: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** Where a BigTIFF's header ends, and libtiff writes the first strip; the others follow. */
const FIRST_STRIP = 16;

/** Opens a saved picture. Throws what reading throws, and when it is not as `savePixels` leaves it. */
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

/** libtiff writes numbers as the machine has them. */
const HIGH = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** As libvips makes 8 bits of 16 for a JPEG. Written over the beginning of the same memory. */
function highBytes(samples: Uint8Array): Uint8Array {
  const count = samples.length / 2;
  for (let i = 0; i < count; i++) samples[i] = samples[i * 2 + HIGH] ?? 0;
  return samples.subarray(0, count);
}

async function readAt(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  const { bytesRead } = await file.read(into, 0, into.length, position);
  if (bytesRead < into.length) throw new Error('The saved pixels are cut off');
}
