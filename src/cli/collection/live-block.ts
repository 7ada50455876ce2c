import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import type { TerminalSize } from './block-lines.ts';

/** What is needed of a terminal: `process.stderr` is one. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** Lines at the end of what a terminal shows that are written anew in their place. */
export interface LiveBlock {
  /** Writes the lines in the place of those before; `above` may write whole lines before them. */
  draw(lines: readonly string[], above?: () => void): void;
  size(): TerminalSize;
}

/** What a terminal that does not tell its size is taken for. */
const USUAL: TerminalSize = { columns: 80, rows: 24 };

const CLEAR_BELOW = '\u001b[J';
const up = (rows: number) => (rows > 0 ? `\u001b[${rows}A` : '');
// Between these a terminal shows nothing half drawn, if it knows them; the others ignore them.
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';

/**
 * A block on this terminal, with nothing in it yet. The cursor stays visible, at the block's end: whoever is
 * killed could not show it again.
 */
export function liveBlock(terminal: Terminal): LiveBlock {
  let shown: readonly string[] = [];
  const size = () => ({
    columns: terminal.columns || USUAL.columns,
    rows: terminal.rows || USUAL.rows,
  });
  /** To the block's first column and row, with all of it wiped away. */
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

/** How many rows lines take up: those that were drawn on a wider terminal have been wrapped by it. */
function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => {
    const width = stringWidth(stripVTControlCharacters(line));
    return rows + Math.max(Math.ceil(width / columns), 1);
  }, 0);
}
