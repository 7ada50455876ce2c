import type { SeenRequest } from './fault-server.ts';

/**
 * What happens to a request instead of being passed on untouched. The parts go together where that
 * makes sense: first who answers and whether at all, then what the answer's headers say, then what
 * becomes of its body. `{}` changes nothing.
 */
export interface Fault {
  /** Answered with this status by the fault server itself; nothing is passed on. */
  readonly status?: number;
  /** The reason phrase of that answer, if it is not the usual one. */
  readonly statusText?: string;
  /** Headers of that answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of that answer. */
  readonly body?: string | Uint8Array;

  /** The connection is reset before anything is passed on. */
  readonly reset?: boolean;
  /**
   * Passed on, and then the connection is reset before the answer: it arrived, and nobody knows.
   */
  readonly resetAfter?: boolean;
  /**
   * Nothing is passed on, the body of the request is not even read, and there is never an answer.
   */
  readonly hang?: boolean;
  /** Passed on, but there is never an answer: it arrived, and nobody knows. */
  readonly hangAfter?: boolean;

  /** Passed on; the answer comes so many milliseconds later than it would. */
  readonly answerAfterMs?: number;
  /** Passed on, but answered with this status: it arrived, and the answer says otherwise. */
  readonly statusAfter?: number;
  /** So many bytes of the request's body are passed on; then both connections are reset. */
  readonly cutRequestAfter?: number;
  /** So many bytes of the request's body are taken, and then no more; nothing is passed on. */
  readonly stallRequestAfter?: number;
  /** The request's body is taken in pieces of so many bytes with a pause between them. */
  readonly dripRequest?: { readonly bytes: number; readonly everyMs: number };

  /** The byte at this place of the request's body is another one when it is passed on. */
  readonly flipRequestAt?: number;

  /**
   * Headers that the answer gets instead of its own (`content-length`, `content-range`, `etag` …);
   * undefined removes one.
   */
  readonly rewrite?: Readonly<Record<string, string | undefined>>;

  /**
   * So many bytes more than there are come at the body's end; send no content-length with it
   * (`rewrite`).
   */
  readonly extraBytes?: number;
  /** The byte at this place of the answer's body is another one. */
  readonly flipAt?: number;
  /**
   * The answer's body comes in pieces of so many bytes with a pause of so many milliseconds between
   * them.
   */
  readonly drip?: { readonly bytes: number; readonly everyMs: number };
  /**
   * The answer's body breaks off after so many bytes, all of which arrive: the connection is
   * closed.
   */
  readonly cutAfter?: number;
  /** After so many bytes of the answer's body nothing more comes, and the connection stays open. */
  readonly stallAfter?: number;
}

/** Decides what happens to a request; undefined passes it on untouched. */
export type FaultOf = (request: SeenRequest) => Fault | undefined | Promise<Fault | undefined>;

/** Which requests a fault is for. */
export type Matching = (request: SeenRequest) => boolean;

/** The faults one after the other for the requests that match, and none once they are used up. */
export function inTurn(faults: readonly (Fault | undefined)[], matching: Matching = () => true) {
  const left = [...faults];
  return (request: SeenRequest): Fault | undefined =>
    matching(request) ? left.shift() : undefined;
}

/** A fault for the first matching request (or the first `times` of them). */
export function once(fault: Fault, matching?: Matching, times = 1) {
  return inTurn(Array<Fault>(times).fill(fault), matching);
}

/** A fault for every matching request. */
export function always(fault: Fault, matching: Matching = () => true) {
  return (request: SeenRequest): Fault | undefined => (matching(request) ? fault : undefined);
}

/** The first of several decisions that is one. */
export function either(...choices: readonly FaultOf[]): FaultOf {
  return async (request) => {
    for (const choice of choices) {
      const fault = await choice(request);
      if (fault) return fault;
    }
    return undefined;
  };
}

/** Requests of one of these methods. */
export function method(...names: readonly string[]): Matching {
  return (request) => names.includes(request.method);
}
