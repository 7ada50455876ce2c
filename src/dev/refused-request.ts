import { ArkeError } from '../lib/errors.ts';

/** Thrown if a request of the page is refused; its message is the answer's `error`. */
export class RefusedRequest extends ArkeError {
  /** HTTP status of the answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super('REFUSED', message);
    this.status = status;
  }
}
