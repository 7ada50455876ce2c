import { createHash } from 'node:crypto';
import { callbackId } from '../../callback/request.ts';

/** Which callback it is about. */
export interface Outcome {
  readonly task_id: string;
  readonly batch_id: string;
  readonly status: 'success' | 'error';
}

/** Room for the rest of a key, of which R2 takes 1024 bytes. */
const MAX_PREFIX_LENGTH = 400;

/** What is wrong with the prefix of an outbox, or undefined when nothing is. */
export function outboxPrefixProblem(prefix: string): string | undefined {
  const path = outboxPrefix(prefix);
  if (path === '' || path.split('/').some((part) => ['', '.', '..'].includes(part)))
    return 'must be the beginning of keys, as "arke-outbox": no empty parts, no "." or ".."';
  if (!/^[ -~]+$/.test(path) || path.length > MAX_PREFIX_LENGTH)
    return `must consist of at most ${MAX_PREFIX_LENGTH} printable ASCII characters`;
  return undefined;
}

/** The prefix without slashes around it. */
export function outboxPrefix(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}

/**
 * Whether the outbox would lie among the TIFFs of a task, where the orchestrator looks for files: under
 * the part of the TIFF's key that ends with the batch, or else under the TIFF's folder.
 */
export function isAmongInputs(prefix: string, inputKey: string, batchId: string): boolean {
  const folders = inputKey.split('/').slice(0, -1);
  const batch = folders.indexOf(batchId);
  const inputs = folders.slice(0, batch === -1 ? undefined : batch + 1).join('/');
  return inputs !== '' && `${outboxPrefix(prefix)}/`.startsWith(`${inputs}/`);
}

/** Under which keys all entries lie. */
export function pendingPrefix(prefix: string): string {
  return `${outboxPrefix(prefix)}/pending/`;
}

/** The key of an entry: one for each outcome of a task. */
export function pendingKey(prefix: string, outcome: Outcome): string {
  return `${pendingPrefix(prefix)}${pathOf(outcome)}`;
}

/** The key of the mark that an outcome was delivered from the outbox. */
export function deliveredKey(prefix: string, outcome: Outcome): string {
  return `${outboxPrefix(prefix)}/delivered/${pathOf(outcome)}`;
}

function pathOf(outcome: Outcome): string {
  return `${part(outcome.batch_id)}/${part(outcome.task_id)}/${callbackId(outcome)}.json`;
}

/** Longer ones would take more room than a key has. */
const MAX_PART_LENGTH = 200;

/** An id as one part of a key, whatever is in it; two ids never become the same one. */
function part(id: string): string {
  const encoded = encodeURIComponent(id.toWellFormed()).replaceAll('.', '%2E');
  if (encoded.length <= MAX_PART_LENGTH) return encoded;
  return `sha256~${createHash('sha256').update(id).digest('hex')}`;
}
