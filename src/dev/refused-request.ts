import { ArkeError } from '../lib/errors.ts';

/** Thrown when a request of the page is not done; its message is the answer's `error`. */
export class RefusedRequest extends ArkeError {
  /** Of the answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super('REFUSED', message);
    this.status = status;
  }
}
