import type { Delivery } from '../../callback/deliver.ts';
import type { CallbackPayload } from '../../callback/payload.ts';
import type { CallbackRequest } from '../../callback/request.ts';

/** A callback of the outbox. */
interface OfEntry {
  readonly key: string;
  readonly payload: CallbackPayload;
}

/** What became of one object in the outbox. */
export type DrainEvent =
  /** Delivered and removed; `leftover` says why it could not be removed. */
  | (OfEntry & {
      readonly kind: 'delivered';
      readonly request: CallbackRequest;
      readonly delivery: Delivery;
      readonly ms: number;
      readonly leftover?: string;
    })
  /** Would have been sent. */
  | (OfEntry & { readonly kind: 'pending'; readonly request: CallbackRequest })
  /**
   * Undelivered and kept; `leftover` says why it could not be released, and until when it stays
   * leased.
   */
  | (OfEntry & {
      readonly kind: 'failed';
      readonly leftover?: string;
      readonly request: CallbackRequest;
      readonly error: unknown;
      readonly attempts: number;
      readonly ms: number;
    })
  /** No longer needed, and removed. */
  | (OfEntry & { readonly kind: 'obsolete'; readonly reason: string })
  /** Another process is delivering it. */
  | (OfEntry & { readonly kind: 'busy'; readonly reason: string })
  /** Has no valid seal, and is kept. */
  | (OfEntry & { readonly kind: 'unsigned'; readonly reason: string })
  /** May not be sent, or not to that address, and is kept. */
  | (OfEntry & { readonly kind: 'refused'; readonly reason: string })
  /** Not an entry, and is kept. */
  | { readonly kind: 'corrupt'; readonly key: string; readonly reason: string };
