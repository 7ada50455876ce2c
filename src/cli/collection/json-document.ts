import type { CollectionDocument } from '../../lib/collection/events.ts';
import type { CollectionOutcome } from './view.ts';

/** What `--json` says of a run over these inputs: its files in their order. */
export function documentOf(
  { records, summary, unread, warnings }: CollectionOutcome,
  inputs: readonly string[],
): CollectionDocument {
  const place = new Map(inputs.map((input, index) => [input, index]));
  const files = [...records].sort((a, b) => (place.get(a.input) ?? 0) - (place.get(b.input) ?? 0));
  return { files, summary, unread, warnings };
}
