import type { CollectionSummary, FileRecord, PredictedEffort, UnreadPath } from './events.ts';
import type { DueItem } from './item.ts';
import { createWarningCount } from './warning-count.ts';

/** Counts the results of a run. */
export interface RunCounters {
  ended(record: FileRecord): void;
  /** A file of a dry run that would be converted. */
  planned(item: DueItem): void;
  /** A file of a dry run that would certainly fail. */
  wouldFail(): void;
  summary(): CollectionSummary;
}

/** The kind of a run. */
interface CountedRun {
  /** For a dry run: the number of processors that would work at once. */
  readonly dryRun?: { readonly processors: number } | undefined;
  /** Whether existing JPEGs are verified, and none is made; default: false. */
  readonly verifies?: boolean | undefined;
}

/** Counters of a run that begins now, after a search that could not read so much. */
export function createRunCounters(
  files: number,
  unread: readonly UnreadPath[],
  { dryRun, verifies = false }: CountedRun = {},
): RunCounters {
  const start = performance.now();
  const done = verifies ? 'verified' : 'converted';
  const count = { converted: 0, verified: 0, skipped: 0, failed: 0 };
  let existing = 0;
  let wouldFail = 0;
  const sum = { source_bytes: 0, output_bytes: 0, pixels: 0 };
  const missed = (kind: UnreadPath['kind']) => unread.filter((one) => one.kind === kind).length;
  const warnings = createWarningCount();
  const effort = { total: 0, longest: 0 };
  const add = (of: { readonly source_bytes: number; readonly pixels: number | undefined }) => {
    sum.source_bytes += of.source_bytes;
    sum.pixels += of.pixels ?? 0;
  };
  return {
    ended: (record) => {
      count[record.status]++;
      warnings.add(record);
      if (record.status === 'skipped' && record.existing) existing++;
      if (record.status !== 'converted' && record.status !== 'verified') return;
      add(record);
      sum.output_bytes += total(record.pages.map(({ bytes }) => bytes));
    },
    planned: ({ source, plans }) => {
      count[done]++;
      add(source);
      sum.output_bytes += total(plans.map(({ output_bytes }) => output_bytes ?? 0));
      const seconds = total(plans.map(({ cpu_seconds }) => cpu_seconds));
      effort.total += seconds;
      effort.longest = Math.max(effort.longest, seconds);
    },
    wouldFail: () => {
      wouldFail++;
    },
    summary: () => {
      const { converted, verified, skipped, failed } = count;
      const left = files - converted - verified - skipped - failed - wouldFail;
      const ms = Math.round(performance.now() - start);
      const would = dryRun ? { would_fail: wouldFail } : {};
      return {
        files,
        converted,
        ...(verifies ? { verified } : {}),
        skipped,
        failed,
        ...(existing > 0 ? { existing } : {}),
        ...would,
        left,
        folders_unread: missed('folder'),
        files_unread: missed('file'),
        warnings: warnings.counts(),
        ...sum,
        ms,
        ...predicted(effort, dryRun?.processors),
      };
    },
  };
}

function predicted(
  { total, longest }: { readonly total: number; readonly longest: number },
  processors: number | undefined,
): { readonly predicted?: PredictedEffort } {
  if (processors === undefined) return {};
  return { predicted: { cpu_seconds: total, seconds: Math.max(longest, total / processors) } };
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
