import { type BlockColours, blockLines } from './block-lines.ts';
import { liveBlock, type Terminal } from './live-block.ts';
import { noProgress, progressAfter } from './progress.ts';
import type { CollectionView } from './view.ts';

/** What the block of a run needs from outside. */
export interface ProgressBlockOptions {
  readonly terminal: Terminal;
  readonly colours: BlockColours;
  /** Milliseconds, from any moment on. */
  readonly now: () => number;
  /** Calls the function again and again, at most ten times a second; gives back what ends that. */
  readonly repeat: (draw: () => void) => () => void;
  /** Makes a text fit to be seen on a terminal. */
  readonly clean: (text: string) => string;
}

/** The block as a view of a run, and the way to write lines on its terminal meanwhile. */
export interface ProgressBlock extends CollectionView {
  /** Has whole lines written above the block, when it is drawn next; at once when it is gone. */
  above(write: () => void): void;
}

/**
 * Shows on a terminal how far a run is, in a block of a few lines that is drawn anew: only as often as
 * `repeat` says, whatever happens in between.
 */
export function progressBlock(options: ProgressBlockOptions): ProgressBlock {
  const { terminal, colours, now, repeat, clean } = options;
  const block = liveBlock(terminal);
  let progress = noProgress(now());
  let waiting: (() => void)[] = [];
  const writeWaiting = () => {
    const writes = waiting;
    waiting = [];
    for (const write of writes) write();
  };
  const draw = () => {
    // Names change the width of lines when they are cleaned: before they are fitted.
    const running = progress.running.map((file) => ({ ...file, input: clean(file.input) }));
    const lines = blockLines({ ...progress, running }, now(), block.size(), colours);
    block.draw(lines, writeWaiting);
  };
  const stop = repeat(draw);
  let open = true;
  return {
    show: (event) => {
      progress = progressAfter(progress, event, now());
    },
    above: (write) => {
      if (open) waiting.push(write);
      else write();
    },
    close: () => {
      stop();
      open = false;
      block.draw([], writeWaiting);
    },
  };
}
