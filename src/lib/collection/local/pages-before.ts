import type { PageSelection } from '../../convert/choose-pages.ts';
import { pageName } from '../../jpeg-name.ts';
import { leftPagesWarning, pageChangedWarning } from '../../outputs/left-pages.ts';
import type { PlanningTools } from '../item.ts';
import type { RecordLine } from '../record/record-line.ts';
import { isSameSource, type Recorded, recordedOutput } from './recorded.ts';
import { pagesOfLine } from './up-to-date.ts';

/**
 * The page that an existing JPEG shows, by its size, time and record; undefined if that is not
 * known. Throws `FileError` if the JPEG cannot be read.
 */
export async function pageShownBy(
  output: string,
  recorded: Recorded | undefined,
): Promise<number | undefined> {
  const line = recorded && (await recordedOutput(output, { ...recorded, sourceHash: undefined }));
  return line?.record.page;
}

/** A TIFF whose first JPEG is to be replaced. */
export interface Replaced {
  /** The name of the TIFF in messages. */
  readonly name: string;
  readonly output: string;
  /** All of the wanted pages. */
  readonly chosen: PageSelection;
  /** The recorded line of the first JPEG. */
  readonly line: RecordLine;
  readonly recorded: Recorded;
}

/**
 * Warns if the first JPEG becomes one of another page, and of the JPEGs of further pages that were
 * made from an earlier version of the TIFF and stay. Throws `FileError` if one cannot be read, and
 * the signal's reason.
 */
export async function warnOfPages(
  { name, output, chosen, line, recorded }: Replaced,
  warn: PlanningTools['warn'],
): Promise<void> {
  const { page } = line.record;
  const [first, ...others] = chosen.numbers;
  if (page !== first)
    warn('PAGE_CHANGED', pageChangedWarning(output, { source: name, from: `${page}`, to: first }));
  const nameOf = (number: number) => pageName(output, number);
  const pages: number[] = [];
  const further = pagesOfLine(line).slice(1);
  for (const number of further.filter((one) => !others.includes(one))) {
    const before = await recordedOutput(nameOf(number), recorded);
    if (before && !(await isSameSource(before, recorded))) pages.push(number);
  }
  const left = leftPagesWarning({ pages, nameOf, source: name });
  if (left !== undefined) warn('PAGES_LEFT', `${left}.`);
}
