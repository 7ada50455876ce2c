import { createChangeSignal } from '../collection/change-signal.ts';
import { FileError } from '../errors.ts';
import { finite } from '../finite.ts';
import { orAborted } from '../stop.ts';

/** A part of the disk that is kept for a TIFF. */
export interface DiskPlace {
  /** So many bytes of it are on the disk, which tells so itself from now on; the rest stays kept. */
  filled(bytes: number): void;
  /** It is gone from the disk. */
  release(): void;
}

/** What is to lie on the disk. */
export interface DiskNeed {
  /** How it is called in messages. */
  readonly name: string;
  readonly bytes: number;
  readonly folder: string;
}

/** The disk that TIFFs are brought to. */
export interface DiskRoom {
  /**
   * Waits until there is room, in the order in which it is asked for. Throws `FileError` when there is none
   * though nothing else is kept there, `RangeError` for what is no number of bytes, and the signal's reason.
   */
  take(wanted: DiskNeed, signal: AbortSignal): Promise<DiskPlace>;
}

/** `freeBytes` tells what is free on the disk of a folder: of one and the same disk for all that is taken. */
export function createDiskRoom(freeBytes: (folder: string) => Promise<number>): DiskRoom {
  const change = createChangeSignal();
  let turn: Promise<unknown> = Promise.resolve();
  let held = 0;
  /** Bytes that are going to be written. */
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
      const mine = turn.then(() => wait(wanted, signal));
      turn = mine.catch(() => {});
      return mine;
    },
  };
}

function noRoom({ name, bytes, folder }: DiskNeed, free: number): FileError {
  return new FileError(
    `There is no room for "${name}" in ${folder}: it needs ${megabytes(bytes)}, and ${megabytes(free)} are free. ` +
      'Make room, or set TMPDIR to a folder that has some.',
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
