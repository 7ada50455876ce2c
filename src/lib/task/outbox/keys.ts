import { createHash } from 'node:crypto';
import { callbackId } from '../../callback/request.ts';

/** Identifies a callback. */
export interface CallbackIdentity {
  readonly task_id: string;
  readonly batch_id: string;
  readonly status: 'success' | 'error';
}

/** Leaves room for the rest of a key: R2 allows 1024 bytes. */
const MAX_PREFIX_LENGTH = 400;

/** What is wrong with an outbox prefix; undefined if it is fine. */
export function outboxPrefixProblem(prefix: string): string | undefined {
  const path = outboxPrefix(prefix);
  if (path === '' || path.split('/').some((part) => ['', '.', '..'].includes(part)))
    return 'must be the beginning of keys, as "arke-outbox": no empty parts, no "." or ".."';
  if (!/^[ -~]+$/.test(path) || path.length > MAX_PREFIX_LENGTH)
    return `must consist of at most ${MAX_PREFIX_LENGTH} printable ASCII characters`;
  return undefined;
}

/** The prefix without leading and trailing slashes. */
export function outboxPrefix(prefix: string): string {
  return prefix.replace(/^\/+|\/+$/g, '');
}

/**
 * Whether the outbox would lie among the TIFFs of a task, where the orchestrator looks for files:
 * under the part of the TIFF's key that ends with the batch, or else in the TIFF's folder.
 */
export function isAmongInputs(prefix: string, inputKey: string, batchId: string): boolean {
  const folders = inputKey.split('/').slice(0, -1);
  const batch = folders.indexOf(batchId);
  const inputs = folders.slice(0, batch === -1 ? undefined : batch + 1).join('/');
  return inputs !== '' && `${outboxPrefix(prefix)}/`.startsWith(`${inputs}/`);
}

/** The prefix of all entries. */
export function pendingPrefix(prefix: string): string {
  return `${outboxPrefix(prefix)}/pending/`;
}

/** The key of an entry: one for each outcome of a task. */
export function pendingKey(prefix: string, outcome: CallbackIdentity): string {
  return `${pendingPrefix(prefix)}${pathOf(outcome)}`;
}

/** The key of the mark that records an outcome's delivery. */
export function deliveredKey(prefix: string, outcome: CallbackIdentity): string {
  return `${outboxPrefix(prefix)}/delivered/${pathOf(outcome)}`;
}

/** The prefixes of all entries and of all marks of a batch. */
export function batchPrefixes(prefix: string, batchId: string): readonly [string, string] {
  return [
    `${pendingPrefix(prefix)}${part(batchId)}/`,
    `${outboxPrefix(prefix)}/delivered/${part(batchId)}/`,
  ];
}

function pathOf(outcome: CallbackIdentity): string {
  return `${part(outcome.batch_id)}/${part(outcome.task_id)}/${callbackId(outcome)}.json`;
}

/** Keeps a key within its limit. */
const MAX_PART_LENGTH = 200;

/** Encodes any id as one part of a key; different ids stay different. */
function part(id: string): string {
  const encoded = encodeURIComponent(id.toWellFormed()).replaceAll('.', '%2E');
  if (encoded.length <= MAX_PART_LENGTH) return encoded;
  return `sha256~${createHash('sha256').update(id).digest('hex')}`;
}
