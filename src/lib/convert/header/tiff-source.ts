/** A file to read from, as Node's `FileHandle` is one; an object in a store can be, too. */
export interface ReadableFile {
  /** Reads bytes from a position of the file into a place of the buffer; fewer only at the file's end. */
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
}

/** Bytes of a file by their place in it, no more of them than a header is worth. */
export interface ByteReader {
  readonly fileBytes: number;
  /** Exactly these bytes, or undefined when the file does not have them or the allowance is used up. */
  read(position: number, length: number): Promise<DataView | undefined>;
  /** Whether the allowance is used up: what could not be read then may well be in the file. */
  exhausted(): boolean;
}

/** A TIFF to read numbers from: in its byte order, and with the wider fields of BigTIFF. */
export interface TiffSource extends ByteReader {
  readonly littleEndian: boolean;
  readonly big: boolean;
}

/**
 * What reading one header may cost, in bytes: the offsets and sizes of the 4 194 304 segments we look
 * at (`tiff-segments.ts`) take 64 MiB in BigTIFF, and ten thousand small directories, far apart, 40.
 * Measured on directories made to cost the most: under 2 seconds.
 */
export const MAX_BYTES_READ = 128 * 1024 ** 2;

/**
 * The least that is read at once, in bytes. A directory and its values mostly lie together, so one
 * read serves them all; it is also what a read costs of the allowance, however few bytes it wants.
 */
const WINDOW_BYTES = 4_096;

/**
 * Reads from an open file of `fileBytes` bytes until `MAX_BYTES_READ` are used up, keeping the last two pieces: a directory,
 * and what it leads to. Bytes that are read again count again, so that the allowance bounds the time, too. Throws
 * what `file.read` throws.
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
        // Somebody is shortening the file.
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
