import { createChangeSignal } from '../collection/change-signal.ts';
import { FileError } from '../errors.ts';
import { finite } from '../finite.ts';
import { sizeOf } from '../size-words.ts';
import { orAborted } from '../stop.ts';

/** Disk space reserved for a TIFF. */
export interface DiskPlace {
  /**
   * `bytes` of it are written and now count as used on the disk itself; the rest stays reserved.
   */
  filled(bytes: number): void;
  /** Its files have been removed. */
  release(): void;
}

/** Disk space that is needed. */
export interface DiskNeed {
  /** Its name in messages. */
  readonly name: string;
  readonly bytes: number;
  readonly folder: string;
}

/** The disk that TIFFs are downloaded to. */
export interface DiskRoom {
  /**
   * Waits for room; requests are served in order. Throws `FileError` if there is too little
   * although nothing else is reserved, `RangeError` for an invalid number of bytes, and the
   * signal's reason.
   */
  take(wanted: DiskNeed, signal: AbortSignal): Promise<DiskPlace>;
  /**
   * Room that a TIFF can do without: undefined if somebody waits, or if it were more than a share
   * of what is free and reserved for nobody.
   */
  further(wanted: Omit<DiskNeed, 'name'>, share: number): Promise<DiskPlace | undefined>;
}

/**
 * `freeBytes` returns the free space on the disk of a folder; all requests must be for the same
 * disk.
 */
export function createDiskRoom(freeBytes: (folder: string) => Promise<number>): DiskRoom {
  const change = createChangeSignal();
  let turn: Promise<unknown> = Promise.resolve();
  let held = 0;
  let waiting = 0;
  /** Bytes that are still to be written. */
  let promised = 0;

  const place = (bytes: number): DiskPlace => {
    let rest = bytes;
    let isHeld = true;
    held++;
    promised += bytes;
    const filled = (written: number) => {
      const taken = Math.min(written, rest);
      promised -= taken;
      rest -= taken;
    };
    const release = () => {
      if (!isHeld) return;
      isHeld = false;
      held--;
      filled(rest);
      change.notify();
    };
    return { filled, release };
  };
  const wait = async (wanted: DiskNeed, signal: AbortSignal) => {
    finite('The size of a TIFF in bytes', wanted.bytes);
    for (;;) {
      signal.throwIfAborted();
      const free = (await freeBytes(wanted.folder)) - promised;
      if (wanted.bytes <= free) return place(wanted.bytes);
      if (held === 0) throw noRoom(wanted, free);
      await orAborted(change.notified(), signal);
    }
  };
  return {
    take: (wanted, signal) => {
      waiting++;
      const mine = turn
        .then(() => wait(wanted, signal))
        .finally(() => {
          waiting--;
        });
      turn = mine.catch(() => {});
      return mine;
    },
    further: async ({ bytes, folder }, share) => {
      const free = (await freeBytes(folder)) - promised;
      return waiting === 0 && bytes <= free * share ? place(bytes) : undefined;
    },
  };
}

function noRoom({ name, bytes, folder }: DiskNeed, free: number): FileError {
  return new FileError(
    `Not enough space for "${name}" in ${folder}: it needs ${sizeOf(bytes)}, but only ${sizeOf(free)} are free. ` +
      'Free some space, or set TMPDIR to a folder with more.',
  );
}
