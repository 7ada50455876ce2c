import { type BlockColours, blockLines } from './block-lines.ts';
import { liveBlock, type Terminal } from './live-block.ts';
import { noProgress, progressAfter } from './progress.ts';
import type { CollectionView } from './view.ts';

/** What the block needs from outside. */
export interface ProgressBlockOptions {
  readonly terminal: Terminal;
  readonly colours: BlockColours;
  /** Milliseconds, from any starting point. */
  readonly now: () => number;
  /**
   * Calls the function repeatedly, at most ten times a second; returns a function that stops it.
   */
  readonly repeat: (draw: () => void) => () => void;
  /** Cleans a text for a terminal. */
  readonly clean: (text: string) => string;
}

/** The block as a view of a run, and a way to write lines meanwhile. */
export interface ProgressBlock extends CollectionView {
  /** Writes whole lines above the block when it is next drawn; at once when it is gone. */
  above(write: () => void): void;
}

/** Shows a run's progress in a few lines on a terminal, redrawn only as often as `repeat` calls. */
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
    // Cleaning names changes their width, so they are cleaned before fitting.
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
