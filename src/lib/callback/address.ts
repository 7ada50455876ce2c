import { shownUrl } from '../http-url.ts';
import type { OutboxEntry } from './outbox-entry.ts';
import type { CallbackPayload } from './payload.ts';

const PLACEHOLDER = /\{(task_id|batch_id)\}/g;

/** Whether an address serves all tasks: `…/callback/{batch_id}/{task_id}`. */
export function isForAllTasks(address: string): boolean {
  return address.search(PLACEHOLDER) !== -1;
}

/** The address of one task: replaces `{task_id}` and `{batch_id}` by the encoded ids. */
export function addressOfTask(
  address: string,
  task: Pick<CallbackPayload, 'task_id' | 'batch_id'>,
): string {
  return address.replace(PLACEHOLDER, (_, name: 'task_id' | 'batch_id') =>
    encodeURIComponent(task[name].toWellFormed()),
  );
}

/** Where outbox entries may be sent. */
export interface AllowedAddresses {
  /** A fixed address, or a template for all tasks. */
  readonly url: string | undefined;
  /** The flag or variable that sets it. */
  readonly urlName?: string | undefined;
  /** Origins (`https://example.com`) that entries may name. */
  readonly origins: readonly string[];
  /** Whether more than one task is sent. */
  readonly severalTasks: boolean;
}

/**
 * Where an entry is sent, or a text that says why it may not be sent. Anyone who can write to the
 * bucket can plant an entry, so its own address counts only if its origin was allowed.
 */
export function addressOfEntry(
  { url: recorded, url_query: hadQuery }: OutboxEntry,
  task: Pick<CallbackPayload, 'task_id' | 'batch_id'>,
  { url, urlName, origins, severalTasks }: AllowedAddresses,
): { readonly url: string; readonly urlName?: string | undefined } | string {
  if (url !== undefined && isForAllTasks(url)) return { url: addressOfTask(url, task), urlName };
  if (url !== undefined && (!severalTasks || shownUrl(url) === shownUrl(recorded)))
    return { url, urlName };
  const { origin } = new URL(recorded);
  if (!origins.includes(origin))
    return url === undefined
      ? `its address is at ${origin}, which is not allowed: use --allow-origin ${origin} or --url`
      : `its address is at ${origin}, but --url belongs to one task: put {batch_id} and {task_id} in --url, or use --allow-origin ${origin}`;
  if (hadQuery) return 'the query of its address was not stored, as it may be secret: set --url';
  return { url: recorded, urlName: 'the address in the outbox' };
}
