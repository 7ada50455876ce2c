/** Watches a process that should give signs of life. */
export interface SilenceWatch {
  /** A sign of life: the silence starts again. */
  heard(): void;
  /** Ends the watch. */
  stop(): void;
}

/** How long to listen once more before a silence counts, in milliseconds. */
const SECOND_HEARING_MS = 1_000;

/**
 * Calls `onSilent` after `ms` milliseconds without a sign of life. If this process itself was
 * paused, as by Ctrl-Z or with the whole machine, the messages sent meanwhile are still unread; so
 * it listens once more first.
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
