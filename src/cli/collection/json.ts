import type { CollectionDocument } from '../../lib/collection/events.ts';
import { type Redactor, redactValues } from '../../lib/redact.ts';
import type { CollectionOutcome, CollectionView } from './view.ts';

/** The `--json` document of a run. */
export function documentOf({
  records,
  summary,
  unread,
  warnings,
}: CollectionOutcome): CollectionDocument {
  return { files: records, summary, unread, warnings };
}

/** Writes each event as one line of JSON, with the field names of `CollectionEvent`. */
export function jsonLines(write: (line: string) => unknown, redact: Redactor): CollectionView {
  return { show: (event) => void write(`${JSON.stringify(redactValues(event, redact))}\n`) };
}
