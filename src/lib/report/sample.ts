import { createHash } from 'node:crypto';
import type { FileRecord } from '../collection/events.ts';
import { commonFolder } from './common-folder.ts';
import { type Doubt, jpegsOf } from './doubt.ts';

/** A file to review. */
export interface Pick {
  /** Its index among the records. */
  readonly file: number;
  /** Why, for people; empty if drawn at random. */
  readonly reasons: readonly string[];
}

const LEAST = 5;
/** The shares for small and large collections. */
const LARGEST_SHARE = 0.1;
const SMALLEST_SHARE = 0.05;
/** Up to this many files, the largest share applies. */
const SMALL_COLLECTION = 200;

/** How many files to review: 5 to 10 %, at least 5. */
export function sampleSize(files: number): number {
  const ofSmall = Math.min(files, SMALL_COLLECTION) * LARGEST_SHARE;
  return Math.min(files, Math.max(LEAST, Math.ceil(Math.max(ofSmall, files * SMALLEST_SHARE))));
}

/**
 * Draws the files to review at random among those with JPEGs, weighted by doubt, in the order
 * drawn, so that the first few cover everything. The draw depends only on the files' names below
 * their common folder, so the same files give the same sample.
 */
export function chooseSample(
  records: readonly FileRecord[],
  doubts: readonly Doubt[],
): readonly Pick[] {
  const inputs = records.map(({ input }) => input);
  const folder = commonFolder(inputs);
  const names = inputs.map((input) => input.slice(folder.length));
  const seed = digest(names.toSorted().join('\0'));
  const withJpegs = [...records.keys()].filter(
    (file) => jpegsOf(records[file] as FileRecord).length > 0,
  );
  return withJpegs
    .map((file) => {
      const { weight, reasons } = doubts[file] ?? { weight: 1, reasons: [] };
      return { file, reasons, lot: lotOf(`${seed}${names[file]}`) ** (1 / weight) };
    })
    .sort((a, b) => b.lot - a.lot || a.file - b.file)
    .slice(0, sampleSize(withJpegs.length))
    .map(({ file, reasons }) => ({ file, reasons }));
}

/**
 * Between 0 and 1, the same for the same text. Its root by a weight gives a draw without
 * replacement (Efraimidis and Spirakis, "Weighted random sampling with a reservoir", 2006).
 */
function lotOf(text: string): number {
  return (Number.parseInt(digest(text).slice(0, 12), 16) + 0.5) / 2 ** 48;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
