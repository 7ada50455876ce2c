import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Converter, openConverter } from '../convert/process/converter.ts';

/** Conversion processes for several files at once, each used for one file after the other. */
export interface Converters {
  /** A process that nobody uses, or a new one with a temporary folder of its own. Throws what making the folder does. */
  take(): Promise<Converter>;
  /** Gives a process back, which took so many bytes of memory at most for its last file. */
  giveBack(converter: Converter, peakBytes: number): Promise<void>;
  /** Ends a process that nobody may use again. */
  discard(converter: Converter): Promise<void>;
  /** Ends processes that nobody uses, until they are so many at most. */
  keepIdle(most: number): Promise<void>;
  /** Names and versions of the libraries that make the pixels. Throws `ConversionError`, and the signal's reason. */
  versions(signal: AbortSignal): Promise<string>;
  /** Ends all of them, and what they are at. */
  close(): Promise<void>;
}

/**
 * A process that has held more than this is ended rather than kept: of 400 to 650 MB it keeps 160 to 180 for good
 * (measured), of less hardly more than a fresh one has; and the next one starts in a tenth of a second.
 */
const MOST_HELD_BYTES = 256 * 1024 * 1024;

/**
 * A pool of conversion processes that work below a folder; none is started before it is needed. One that
 * dies is replaced (`openConverter`), so that it takes down no other file than its own.
 */
export function openConverters(folder: string): Converters {
  const all = new Set<Converter>();
  const idle: Converter[] = [];
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
  const take = async () => idle.pop() ?? (await open());
  return {
    take,
    giveBack: async (converter, peakBytes) => {
      if (peakBytes > MOST_HELD_BYTES) await end(converter);
      else idle.push(converter);
    },
    discard: end,
    keepIdle: async (most) => {
      const superfluous = idle.splice(0, Math.max(0, idle.length - most));
      await Promise.all(superfluous.map(end));
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
    const converter = await take();
    try {
      return await converter.versions({ signal });
    } finally {
      idle.push(converter);
    }
  }
}
