import type { FilePlan, FileRecord, PagePlan, PageRecord } from '../../lib/collection/events.ts';
import type { CollectionOutcome } from './view.ts';

/**
 * What `convert --json` says of a run: its files in the order in which they were given or found, as far as
 * the run came, its summary, what could not be read, and what was said of the collection as a whole.
 */
export function documentOf(
  { records, summary, unread, warnings }: CollectionOutcome,
  inputs: readonly string[],
) {
  const place = new Map(inputs.map((input, index) => [input, index]));
  const inOrder = [...records].sort(
    (a, b) => (place.get(a.input) ?? 0) - (place.get(b.input) ?? 0),
  );
  return {
    files: inOrder.map(fileOf),
    summary,
    unread,
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** One file: what is said of a single one, with how it ended; further pages by themselves. */
function fileOf(record: FileRecord | FilePlan) {
  const { status, input, output } = record;
  if (record.status === 'failed') return { status, input, output, error: record.error };
  const { source_bytes, source_sha256, kind, pixels, pages } = record;
  const [first, ...further] = pages;
  const ms = record.status === 'converted' ? { ms: record.ms } : {};
  return {
    ...{ status, input, output, source_bytes, source_sha256, kind, pixels },
    ...(first ? pageOf(first) : {}),
    ...ms,
    ...(further.length > 0 ? { pages: further.map(fullPageOf) } : {}),
  };
}

function pageOf({ page: _, output: __, ...rest }: PageRecord | PagePlan) {
  return rest;
}

function fullPageOf({ page, output, ...rest }: PageRecord | PagePlan) {
  return { page, output, ...rest };
}
