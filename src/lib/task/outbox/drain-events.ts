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
  /** The orchestrator has taken it, and it is removed; `leftover` says why it could not be. */
  | (OfEntry & {
      readonly kind: 'delivered';
      readonly request: CallbackRequest;
      readonly delivery: Delivery;
      readonly ms: number;
      readonly leftover?: string;
    })
  /** It would have been sent. */
  | (OfEntry & { readonly kind: 'pending'; readonly request: CallbackRequest })
  /** It could not be delivered, and stays; `leftover` says why it could not be given back, and until when nobody else has it. */
  | (OfEntry & {
      readonly kind: 'failed';
      readonly leftover?: string;
      readonly request: CallbackRequest;
      readonly error: unknown;
      readonly attempts: number;
      readonly ms: number;
    })
  /** It need not be delivered any more, and is removed. */
  | (OfEntry & { readonly kind: 'obsolete'; readonly reason: string })
  /** Somebody else is delivering it. */
  | (OfEntry & { readonly kind: 'busy'; readonly reason: string })
  /** Nobody who knows the secret has written it, and it stays. */
  | (OfEntry & { readonly kind: 'unsigned'; readonly reason: string })
  /** It must not be sent, or not there, and stays. */
  | (OfEntry & { readonly kind: 'refused'; readonly reason: string })
  /** It is no entry, and stays. */
  | { readonly kind: 'corrupt'; readonly key: string; readonly reason: string };
