/** How a task ends under a fault. All of it is asserted, and told in docs/reliability.md. */
export interface Outcome {
  /** Undefined when the process is killed. */
  readonly exitCode: 0 | 1 | undefined;
  /** What is called back; `none` where nothing can be. */
  readonly callback: 'success' | 'error' | 'none';
  /** How the callback's error begins, or what is in it. */
  readonly error?: RegExp;
  /**
   * How many requests with the callback's body, always the same one, come to the orchestrator's
   * door; `several`: as many as time allows.
   */
  readonly sent: number | 'several';
  /** How many of them the orchestrator sees. */
  readonly arrived: number;
  /**
   * Under its own key, under the second name because somebody else's object has the first, or not
   * there.
   */
  readonly jpeg: 'whole' | 'second name' | 'absent';
  /** Whether the task's temporary folder is gone. */
  readonly temporary: 'gone' | 'left';
  /** What the outbox holds of the task in the end, where there is one. */
  readonly outbox?: 'kept' | 'empty';
  /** Whether the orchestrator lists the JPEG in the end, where it was told of the task. */
  readonly listed?: 'yes' | 'no';
  /** What must be in the log. */
  readonly log?: RegExp;
}

/** JPEG made, uploaded and reported. */
export function converted(more: Partial<Outcome> = {}): Outcome {
  const whole = { callback: 'success', jpeg: 'whole', temporary: 'gone' } as const;
  return { exitCode: 0, sent: 1, arrived: 1, ...whole, ...more };
}

/** One error, reported; no JPEG. */
export function failed(error: RegExp, more: Partial<Outcome> = {}): Outcome {
  const absent = { callback: 'error', jpeg: 'absent', temporary: 'gone' } as const;
  return { exitCode: 1, error, sent: 1, arrived: 1, ...absent, ...more };
}

/** Killed before it could say anything; whoever watches must find out by the missing callback. */
export function killed(more: Partial<Outcome> = {}): Outcome {
  const nothing = { callback: 'none', jpeg: 'absent', temporary: 'left' } as const;
  return { exitCode: undefined, sent: 0, arrived: 0, ...nothing, ...more };
}

/** JPEG made and uploaded; the success is not known to be taken, and no error follows it. */
export function undelivered(sent: number, arrived = 0, more: Partial<Outcome> = {}): Outcome {
  return { ...converted({ exitCode: 1, sent, arrived, log: /Callback not delivered/ }), ...more };
}
