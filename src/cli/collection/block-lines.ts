import { formatBytesPerSecond, formatDuration, formatPixelsPerSecond } from '../format.ts';
import { fitEnd, fitParts } from './fit.ts';
import {
  type CollectionProgress,
  endedFiles,
  fractionDone,
  msLeft,
  type RunningFile,
} from './progress.ts';

/** Colours of the block's parts; colour alone carries no information. */
export interface BlockColours {
  readonly done: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly faint: (text: string) => string;
}

/** A terminal's size in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

const LONGEST_BAR = 40;
const SHORTEST_BAR = 8;
const MOST_FILES = 8;

/**
 * The progress lines of a run: at most one column narrower than the terminal (a full line leaves
 * some terminals' cursor on the next), and fewer than its rows.
 */
export function blockLines(
  progress: CollectionProgress,
  nowMs: number,
  size: TerminalSize,
  colours: BlockColours,
): string[] {
  const columns = Math.max(size.columns - 1, 1);
  const lines = [
    advanceLine(progress, nowMs, columns, colours),
    paceLine(progress, nowMs, columns, colours),
    ...fileLines(progress.running, nowMs, columns, size.rows - 3).map((line) =>
      colours.faint(line),
    ),
  ].filter((line) => line !== '');
  return lines.slice(0, Math.max(size.rows - 1, 1));
}

/** `━━━━──── 12/300  4 %  ETA 3 min 12 s  8 s elapsed`. */
function advanceLine(
  progress: CollectionProgress,
  nowMs: number,
  columns: number,
  colours: BlockColours,
): string {
  const fraction = fractionDone(progress);
  const left = msLeft(progress, nowMs);
  const [count = '', ...rest] = [
    `${endedFiles(progress)}/${progress.files}`,
    `${Math.floor(fraction * 100)} %`,
    ...(left === undefined ? [] : [`ETA ${calmDuration(left)}`]),
    `${calmDuration(nowMs - progress.startedMs)} elapsed`,
  ];
  const text = [fitEnd(count, columns), ...fitParts(rest, columns - count.length - 2, '  ')];
  const said = text.join('  ');
  const room = Math.min(columns - said.length - 1, LONGEST_BAR);
  if (room < SHORTEST_BAR) return said;
  const filled = Math.floor(fraction * room);
  return `${colours.done('━'.repeat(filled))}${colours.faint('─'.repeat(room - filled))} ${said}`;
}

/**
 * `3 failed · 12.4 MB/s · 31.0 MP/s · 12 skipped`; a narrow terminal keeps the most important
 * parts.
 */
function paceLine(
  progress: CollectionProgress,
  nowMs: number,
  columns: number,
  colours: BlockColours,
): string {
  const { failed, would_fail, skipped, convertedBytes, convertedPixels, startedMs } = progress;
  const ms = nowMs - startedMs;
  const pace = [
    formatBytesPerSecond(convertedBytes, ms),
    formatPixelsPerSecond(convertedPixels, ms),
  ];
  const parts = [
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(would_fail > 0 ? [`${would_fail} would fail`] : []),
    ...(convertedBytes > 0 ? pace : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  const [first = '', ...rest] = fitParts(parts, columns, ' · ');
  return [failed + would_fail > 0 ? colours.bad(first) : first, ...rest]
    .filter(Boolean)
    .join(' · ');
}

function fileLines(
  running: readonly RunningFile[],
  nowMs: number,
  columns: number,
  rows: number,
): string[] {
  const most = Math.max(Math.min(rows, MOST_FILES), 0);
  const shown = running.length > most ? running.slice(0, Math.max(most - 1, 0)) : running;
  const lines = shown.map(({ input, sinceMs, doing }) => {
    const time = [...(doing ? [doing] : []), calmDuration(nowMs - sinceMs)].join(' ');
    return `  ${fitEnd(input, columns - time.length - 4)}  ${time}`;
  });
  const more = running.length - shown.length;
  if (more > 0 && most > 0) lines.push(`  … and ${more} more`);
  return lines.map((line) => fitEnd(line, columns));
}

/** A time in whole seconds: tenths would flicker. */
function calmDuration(ms: number): string {
  return ms < 59_500 ? `${Math.round(ms / 1000)} s` : formatDuration(ms);
}
