/** A watch over somebody who should be heard now and then. */
export interface SilenceWatch {
  /** Something was heard: the silence begins anew. */
  heard(): void;
  /** Ends the watch. */
  stop(): void;
}

/** How long is listened once more before a silence counts, in milliseconds. */
const SECOND_HEARING_MS = 1_000;

/**
 * Calls `onSilent` when nothing was heard for `ms` milliseconds. Whoever was paused itself, as by Ctrl-Z
 * or with the whole machine, has what was said meanwhile still to read: so there is a second hearing.
 */
export function watchSilence(ms: number, onSilent: () => void): SilenceWatch {
  let timer: NodeJS.Timeout;
  const start = () => {
    timer = setTimeout(() => {
      timer = setTimeout(onSilent, Math.min(ms, SECOND_HEARING_MS));
    }, ms);
  };
  start();
  return {
    heard: () => {
      clearTimeout(timer);
      start();
    },
    stop: () => clearTimeout(timer),
  };
}
