import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Converter, IDLE_BYTES, openConverter } from '../convert/process/converter.ts';

/** Conversion processes for several files at once, each reused. */
export interface Converters {
  /**
   * The process that was idle last if it holds no more than so many bytes, else a new one with its
   * own temporary folder. Throws what creating the folder throws.
   */
  take(bytes: number): Promise<Converter>;
  /** Returns a process, with the peak memory of its last file in bytes. */
  giveBack(converter: Converter, peakBytes: number): Promise<void>;
  /** Ends a process that must not be reused. */
  discard(converter: Converter): Promise<void>;
  /** Ends idle processes until the others hold no more than so many bytes. */
  keepIdle(bytes: number): Promise<void>;
  /**
   * Names and versions of the libraries behind the pixels. Throws `ConversionError`, and the
   * signal's reason.
   */
  versions(signal: AbortSignal): Promise<string>;
  /** Ends all processes and their work. */
  close(): Promise<void>;
}

/**
 * A process that has held more than this is ended rather than kept: of 400 to 650 MB it keeps 160
 * to 180 for good (measured), of less hardly more than a fresh one, and starting one takes a tenth
 * of a second.
 */
const MOST_HELD_BYTES = 256 * 1024 * 1024;

/** Memory that a process is given for what is predicted to take so many bytes. */
export function roomFor(predictedBytes: number): number {
  return Math.max(IDLE_BYTES, predictedBytes);
}

/**
 * A pool of conversion processes that work below a folder, started on demand. One that dies is
 * replaced (`openConverter`), so it costs no other file. The `first` has been started before.
 */
export function openConverters(folder: string, first?: Converter): Converters {
  const idle: Converter[] = first ? [first] : [];
  const all = new Set(idle);
  let made = 0;
  let versions: Promise<string> | undefined;
  const open = async () => {
    const temporaryFolder = join(folder, `${++made}`);
    await mkdir(temporaryFolder);
    const converter = openConverter(temporaryFolder);
    all.add(converter);
    return converter;
  };
  const end = async (converter: Converter) => {
    all.delete(converter);
    await converter.close();
  };
  const take = async (bytes: number) => {
    const last = idle.pop();
    if (last && last.heldBytes() <= bytes) return last;
    if (last) await end(last);
    return open();
  };
  const held = () => idle.reduce((sum, one) => sum + one.heldBytes(), 0);
  return {
    take,
    giveBack: async (converter, peakBytes) => {
      if (peakBytes > MOST_HELD_BYTES) await end(converter);
      else idle.push(converter);
    },
    discard: end,
    keepIdle: async (bytes) => {
      while (idle.length > 0 && held() > bytes) await Promise.all(idle.splice(0, 1).map(end));
    },
    versions: (signal) => {
      versions ??= ask(signal);
      return versions;
    },
    close: async () => {
      await Promise.all([...all].map(end));
    },
  };
  async function ask(signal: AbortSignal): Promise<string> {
    const converter = await take(IDLE_BYTES);
    try {
      return await converter.versions({ signal });
    } finally {
      idle.push(converter);
    }
  }
}
