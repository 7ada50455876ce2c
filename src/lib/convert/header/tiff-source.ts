/** A file to read from, like Node's `FileHandle`; also an object in a store. */
export interface ReadableFile {
  /** Reads bytes from a position of the file into the buffer; fewer only at the file's end. */
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** Reads a bounded number of bytes of a file, by position. */
export interface ByteReader {
  readonly fileBytes: number;
  /**
   * Exactly these bytes, or undefined if the file does not have them or the allowance is used up.
   */
  read(position: number, length: number): Promise<DataView | undefined>;
  /** Whether the allowance is used up: unread data may still be in the file. */
  exhausted(): boolean;
}

/** A TIFF to read numbers from, in its byte order and with BigTIFF's wider fields. */
export interface TiffSource extends ByteReader {
  readonly littleEndian: boolean;
  readonly big: boolean;
}

/**
 * The most bytes read for one header: offsets and sizes of the 4 194 304 segments that are read
 * (`tiff-segments.ts`) take 64 MiB in BigTIFF, ten thousand small, scattered directories 40.
 * Measured on worst-case directories: under 2 seconds.
 */
export const MAX_BYTES_READ = 128 * 1024 ** 2;

/**
 * The least that is read at once, in bytes. A directory and its values are usually close together,
 * so one read serves all; each read counts at least this much of the allowance.
 */
const WINDOW_BYTES = 4_096;

/**
 * Reads from an open file of `fileBytes` bytes until `MAX_BYTES_READ` are used up, keeping the last
 * two windows: a directory, and what it points to. Repeated reads count again, so the allowance
 * also bounds the time. Throws what `file.read` throws.
 */
export function boundedReader(file: ReadableFile, fileBytes: number): ByteReader {
  let allowance = MAX_BYTES_READ;
  let windows: readonly Window[] = [];
  return {
    fileBytes,
    exhausted: () => allowance <= 0,
    async read(position, length) {
      if (allowance <= 0 || position + length > fileBytes) return undefined;
      let window = windows.find((one) => holds(one, position, length));
      if (window) {
        allowance -= length;
      } else {
        const wanted = Math.max(length, WINDOW_BYTES);
        allowance -= wanted;
        const bytes = new Uint8Array(Math.min(wanted, fileBytes - position));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
        window = { start: position, bytes: bytes.subarray(0, bytesRead) };
        windows = [window, ...windows.slice(0, 1)];
        // The file is being shortened.
        if (bytesRead < length) return undefined;
      }
      return new DataView(window.bytes.buffer, position - window.start, length);
    },
  };
}

/** A piece of a file. */
interface Window {
  readonly start: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

function holds({ start, bytes }: Window, position: number, length: number): boolean {
  return position >= start && position + length <= start + bytes.length;
}
