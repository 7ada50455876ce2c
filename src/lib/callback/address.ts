import { shownUrl } from '../http-url.ts';
import type { OutboxEntry } from './outbox-entry.ts';
import type { CallbackPayload } from './payload.ts';

const PLACEHOLDER = /\{(task_id|batch_id)\}/g;

/** Whether an address is one for all tasks: `…/callback/{batch_id}/{task_id}`. */
export function isForAllTasks(address: string): boolean {
  return address.search(PLACEHOLDER) !== -1;
}

/** The address of one task: its ids, encoded, for `{task_id}` and `{batch_id}`. */
export function addressOfTask(
  address: string,
  task: Pick<CallbackPayload, 'task_id' | 'batch_id'>,
): string {
  return address.replace(PLACEHOLDER, (_, name: 'task_id' | 'batch_id') =>
    encodeURIComponent(task[name].toWellFormed()),
  );
}

/** Where entries of an outbox may be sent. */
export interface AllowedAddresses {
  /** The one address, or one for all tasks. */
  readonly url: string | undefined;
  /** What the user calls it. */
  readonly urlName?: string | undefined;
  /** Origins (`https://example.com`) that entries may name. */
  readonly origins: readonly string[];
  /** Whether more than one task is to be sent. */
  readonly severalTasks: boolean;
}

/**
 * Where an entry is to be sent, or a text that says why nowhere. Whoever can write to the bucket can plant
 * an entry: its own address counts only where its origin was named.
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
      ? `its address is at ${origin}, which was not allowed: --allow-origin ${origin}, or --url`
      : `its address is at ${origin}, and --url is another one's: let --url hold {batch_id} and {task_id}, or use --allow-origin ${origin}`;
  if (hadQuery)
    return 'its address had a query, which is kept by nobody as it may be secret: give it with --url';
  return { url: recorded, urlName: 'the address in the outbox' };
}
