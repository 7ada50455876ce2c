import type { CollectionEvent, PageRecord } from '../../lib/collection/events.ts';
import { toRoundMegabytes } from '../../lib/plan-words.ts';
import { sizeOf } from '../../lib/size-words.ts';
import { aboutFile } from '../format.ts';
import type { CollectionView } from './view.ts';

/** Where lines go. */
export interface Lines {
  /** A line of the result. */
  result(line: string): void;
  warn(line: string): void;
  error(line: string): void;
}

/** What lines show besides. */
interface LineOptions {
  /** Lines for what is up to date. */
  readonly skipped: boolean;
  /** In a dry run, the effort and the cost of each conversion. */
  readonly plans: boolean;
}

/**
 * A line for each TIFF (or page) that was converted or, in a dry run, would be, or failed; preceded
 * by its warnings.
 */
export function lineView(
  lines: Lines,
  { skipped, plans }: LineOptions = { skipped: true, plans: true },
): CollectionView {
  return {
    show: (event) => {
      if (event.event === 'collection.unread') lines.error(`${event.path}: ${event.error.message}`);
      if (event.event === 'collection.warning') lines.warn(event.message);
      if (event.event === 'file.replanned')
        lines.warn(`${aboutFile(event.input, event.message)} Retrying with a cheaper plan`);
      if (event.event !== 'file.ended' && event.event !== 'file.planned') return;
      if (event.status === 'failed') lines.error(aboutFile(event.input, event.error.message));
      if (event.status === 'would_fail')
        lines.error(`Would fail: ${aboutFile(event.input, event.error.message)}`);
      if (event.status === 'converted') showPages(event, lines);
      if (event.status === 'verified') showVerified(event, lines);
      if (event.status === 'due') showPlans(event, lines, plans);
      if (event.status === 'skipped' && skipped)
        lines.result(`${event.input} → ${event.output}  ${whySkipped(event)}`);
    },
  };
}

type ConvertedFile = Extract<CollectionEvent, { event: 'file.ended'; status: 'converted' }>;

function showPages({ input, ms, pages }: ConvertedFile, lines: Lines): void {
  const single = pages.length === 1;
  for (const page of pages) {
    const called = single ? input : `${input} (page ${page.page})`;
    for (const { message } of page.notes) lines.warn(`${called}: ${message}`);
    lines.result(`${called} → ${page.output}  ${figures(page, single ? ms : page.ms)}`);
  }
}

function showVerified(
  { input, pages }: Extract<CollectionEvent, { status: 'verified' }>,
  lines: Lines,
): void {
  for (const { page, output, likeness } of pages) {
    const called = pages.length === 1 ? input : `${input} (page ${page})`;
    const measured = likeness ? `: ${likenessText(likeness)}` : '';
    lines.result(`${called} → ${output}  within limits${measured}`);
  }
}

function whySkipped({ existing, verified }: Extract<CollectionEvent, { status: 'skipped' }>) {
  if (verified) return 'verified before';
  return existing ? 'already there' : 'up to date';
}

type Due = Extract<CollectionEvent, { status: 'due' }>;

function showPlans({ input, kind, pages }: Due, lines: Lines, plans: boolean): void {
  for (const { page, output, effort, cpu_seconds, peak_bytes } of pages) {
    const called = pages.length === 1 ? input : `${input} (page ${page})`;
    const figures = `${effort}, ${cpu_seconds.toFixed(2)} CPU-s, ${toRoundMegabytes(peak_bytes)} MB of memory`;
    const texts = [kind, plans ? figures : undefined].filter((text) => text !== undefined);
    lines.result(`${called} → ${output}  ${texts.join(': ')}`.trimEnd());
  }
}

function figures({ width, height, bytes, likeness }: PageRecord, ms: number): string {
  const texts = [`${width} × ${height}`, sizeOf(bytes), `${ms} ms`];
  if (likeness) texts.push(likenessText(likeness));
  return texts.join(', ');
}

function likenessText({ psnr_db, ssim }: NonNullable<PageRecord['likeness']>): string {
  if (psnr_db === undefined) return 'identical pixels';
  return `${psnr_db.toFixed(1)} dB, SSIM ${ssim.toFixed(4)}`;
}
