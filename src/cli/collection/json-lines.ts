import { type Redactor, redactValues } from '../../lib/redact.ts';
import type { CollectionView } from './view.ts';

/** Writes each event as one line of JSON, its fields as they are called in `CollectionEvent`. */
export function jsonLines(write: (line: string) => unknown, redact: Redactor): CollectionView {
  return { show: (event) => void write(`${JSON.stringify(redactValues(event, redact))}\n`) };
}
