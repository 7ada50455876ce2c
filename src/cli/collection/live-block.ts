import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import type { TerminalSize } from './block-lines.ts';

/** The parts of a terminal that are used, such as `process.stderr`. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Lines at the end of a terminal's output that are redrawn in place. */
export interface LiveBlock {
  /** Replaces the previous lines; `above` may write whole lines before them. */
  draw(lines: readonly string[], above?: () => void): void;
  size(): TerminalSize;
}

/** The assumed size of a terminal that does not report it. */
const USUAL: TerminalSize = { columns: 80, rows: 24 };

const CLEAR_BELOW = '\u001b[J';
const up = (rows: number) => (rows > 0 ? `\u001b[${rows}A` : '');
// Synchronised output: terminals that support it show nothing half drawn, others ignore it.
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

/**
 * An empty block on this terminal. The cursor stays visible, at the block's end, because a killed
 * process could not show it again.
 */
export function liveBlock(terminal: Terminal): LiveBlock {
  let shown: readonly string[] = [];
  const size = () => ({
    columns: terminal.columns || USUAL.columns,
    rows: terminal.rows || USUAL.rows,
  });
  /** Moves to the block's first column and row and erases it. */
  const wipe = () => {
    if (shown.length === 0) return '';
    return `\r${up(rowsOf(shown, size().columns) - 1)}${CLEAR_BELOW}`;
  };
  return {
    size,
    draw: (lines, above) => {
      terminal.write(`${BEGIN}${wipe()}`);
      above?.();
      terminal.write(`${lines.join('\n')}${END}`);
      shown = lines;
    },
  };
}

/** Rows of the lines, including wrapping if they were drawn on a wider terminal. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => {
    const width = stringWidth(stripVTControlCharacters(line));
    return rows + Math.max(Math.ceil(width / columns), 1);
  }, 0);
}
