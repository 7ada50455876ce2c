import type { CollectionSummary } from '../../lib/collection/events.ts';
import { sizeOf } from '../../lib/size-words.ts';
import {
  aboutFile,
  firstSentence,
  formatBytesPerSecond,
  formatDuration,
  formatPixelsPerSecond,
  perSecond,
} from '../format.ts';
import type { CollectionOutcome } from './view.ts';

/** The result of a run in counts, sizes and pace, for people. */
export function countLines(summary: CollectionSummary): string[] {
  const pace = summary.predicted ? planLine : paceLine;
  return [countLine(summary), ...(doneOf(summary) > 0 ? [pace(summary)] : [])];
}

/** How many TIFFs were converted or verified. */
function doneOf({ converted, verified = 0 }: CollectionSummary): number {
  return converted + verified;
}

/** `300 TIFFs: 285 converted, 12 up to date, 3 failed; 1 folder could not be read; 1 min 12 s`. */
function countLine(summary: CollectionSummary): string {
  const { files, converted, skipped, existing = 0, failed, would_fail = 0, left, ms } = summary;
  const { verified } = summary;
  const counts: Count[] = [
    [converted, summary.predicted ? 'to convert (not decoded yet)' : 'converted'],
    [verified ?? 0, summary.predicted ? 'to compare (not decoded yet)' : 'verified'],
    [skipped - existing, verified === undefined ? 'up to date' : 'verified before'],
    [existing, 'already there'],
    [failed, 'failed'],
    [would_fail, 'would fail'],
    [left, 'remaining'],
  ];
  return `${countsOf(files, counts, summary)}; ${formatDuration(ms)}`;
}

/** A number of TIFFs, and the word for it. */
export type Count = readonly [count: number, text: string];

/**
 * `4 TIFFs: 3 converted, 1 failed; 1 folder and 2 files could not be read`, without zero counts.
 */
export function countsOf(files: number, counts: readonly Count[], unread: UnreadCounts): string {
  const said = counts.filter(([count]) => count > 0).map(([count, text]) => `${count} ${text}`);
  const tiffs = `${files} ${files === 1 ? 'TIFF' : 'TIFFs'}`;
  const all = said.length > 0 ? `${tiffs}: ${said.join(', ')}` : tiffs;
  return [all, ...unreadWords(unread)].join('; ');
}

type UnreadCounts = Pick<CollectionSummary, 'folders_unread' | 'files_unread'>;

/** `1.2 GB → 96.5 MB; 4.1 files/s, 16.7 MB/s, 35.2 MP/s`. */
function paceLine(summary: CollectionSummary): string {
  const { source_bytes, output_bytes, pixels, ms } = summary;
  const pace = [
    `${perSecond(doneOf(summary), ms)} files/s`,
    formatBytesPerSecond(source_bytes, ms),
    formatPixelsPerSecond(pixels, ms),
  ];
  return `${sizeOf(source_bytes)} → ${sizeOf(output_bytes)}; ${pace.join(', ')}`;
}

/** `1.2 GB → about 96.5 MB; 400.0 MP; predicted 12 min 30 s of CPU, 6 min 20 s in all`. */
function planLine({ source_bytes, output_bytes, pixels, predicted }: CollectionSummary): string {
  const { cpu_seconds = 0, seconds = 0 } = predicted ?? {};
  const sizes = `${sizeOf(source_bytes)} → about ${sizeOf(output_bytes)}`;
  const cpu = formatDuration(cpu_seconds * 1000);
  const all = formatDuration(seconds * 1000);
  return `${sizes}; ${(pixels / 1e6).toFixed(1)} MP; predicted ${cpu} of CPU, ${all} in all`;
}

/** `1 folder and 2 files could not be read`; nothing if there are none. */
function unreadWords({ folders_unread: folders, files_unread: files }: UnreadCounts): string[] {
  const counts = [
    ...(folders > 0 ? [`${folders} ${folders === 1 ? 'folder' : 'folders'}`] : []),
    ...(files > 0 ? [`${files} ${files === 1 ? 'file' : 'files'}`] : []),
  ];
  return counts.length > 0 ? [`${counts.join(' and ')} could not be read`] : [];
}

/** `verified: 131 of 131 within the limits`; nothing if no JPEG was compared with its TIFF. */
export function verifiedLines({
  records,
  summary,
}: Pick<CollectionOutcome, 'records'> & { readonly summary?: CollectionSummary }): string[] {
  if (summary?.verified !== undefined) return verifiedLine(summary);
  const within = records.filter(
    (record) => record.status === 'converted' && record.pages.every(({ likeness }) => likeness),
  ).length;
  const beyond = records.filter(
    (record) => record.status === 'failed' && record.error.code === 'UNLIKE',
  ).length;
  const all = within + beyond;
  return all > 0 ? [`verified: ${within} of ${all} within the limits`] : [];
}

/** The same for a run of `verify`, in which any failure counts, and what was verified before. */
function verifiedLine({ verified = 0, skipped, failed, predicted }: CollectionSummary): string[] {
  const within = verified + skipped;
  return predicted ? [] : [`verified: ${within} of ${within + failed} within the limits`];
}

/**
 * What failed, one line each: the first sentence, because all of it was shown when it happened.
 */
export function failureLines({
  records,
  summary,
  unread,
}: Pick<CollectionOutcome, 'records' | 'summary' | 'unread'>): string[] {
  const isDryRun = summary.would_fail !== undefined;
  const failed = records.filter((record) => record.status === 'failed');
  const wouldFail = records.filter((record) => record.status === 'would_fail');
  const notRead = unread.map(({ path, error }) => ({ input: path, error }));
  return [
    ...section('Could not be read:', [...notRead, ...(isDryRun ? failed : [])]),
    ...section('Failed:', isDryRun ? [] : failed),
    ...section('Would fail:', wouldFail),
  ];
}

function section(
  title: string,
  failures: readonly { readonly input: string; readonly error: { readonly message: string } }[],
): string[] {
  const lines = failures.map(
    ({ input, error }) => `  ${aboutFile(input, firstSentence(error.message))}`,
  );
  return lines.length > 0 ? [title, ...lines] : [];
}

/** How a run ended, if not by itself, and what comes next. */
export function endLines({
  records,
  summary,
}: Pick<CollectionOutcome, 'records' | 'summary'>): string[] {
  const { left, stopped, predicted, verified } = summary;
  if (left === 0 && !stopped) {
    const open = doneOf(summary) > 0 ? ' Decoding may still reveal errors and warnings.' : '';
    return predicted ? [`Dry run: nothing was written.${open}`] : [];
  }
  if (stopped) return [`Interrupted by ${stopped}. Run the same command again to resume.`];
  // The same command would stop there again.
  const failed = records.find(({ status }) => status === 'failed');
  return [
    `Stopped at the first failure (--fail-fast). To ${verified === undefined ? 'convert' : 'verify'} the rest, fix ${failed?.input}, skip it with --exclude, or run without --fail-fast.`,
  ];
}
