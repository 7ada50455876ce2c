import type { MadePage } from '../outputs/make-pages.ts';
import type { PageRecord } from './events.ts';

/** The record of a page. */
export function recordOfPage(
  { page, output, ms, conversion, likeness }: MadePage,
  { sha256 }: Pick<PageRecord, 'sha256'> = {},
): PageRecord {
  const { width, height, channels, bytes, notes, plan, cpuSeconds, peakBytes } = conversion;
  return {
    page,
    output,
    width,
    height,
    channels,
    bytes,
    ms,
    cpu_seconds: cpuSeconds,
    peak_bytes: peakBytes,
    effort: plan.effort,
    reader: plan.reading.reader,
    notes,
    ...(likeness ? { likeness } : {}),
    ...(sha256 === undefined ? {} : { sha256 }),
  };
}
