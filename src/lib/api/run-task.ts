import * as v from 'valibot';
import { abortSignal, checkOptions, listener, option } from '../check-options.ts';
import type { RunOutcome } from '../task/outcome.ts';
import { runTaskFromEnvironment } from '../task/run-from-environment.ts';
import { programName } from '../version.ts';
import { refuseBundled } from './whole-package.ts';

/** The options of `runTask`. */
export interface TaskOptions {
  /** Called with each line of the log, which holds no secrets. Default: there is no log. */
  readonly onLog?: ((line: string) => void) | undefined;
  /** Ends the task: the signal's reason becomes the error callback. */
  readonly signal?: AbortSignal | undefined;
}

const schema = v.strictObject({ onLog: v.optional(listener), signal: v.optional(abortSignal) });

const environmentSchema = v.strictObject({
  environment: option(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object of variables',
  ),
});

/**
 * Runs a whole task of the worker, like the command `run`: downloads from R2, converts, uploads,
 * calls back. A failed task never throws: its error goes into the callback. Incomplete or malformed
 * settings are also called back if they include task, batch and callback address.
 *
 * `environment` has the variables of docs/configuration.md, "The variables of `run`"; `process.env`
 * itself is not read.
 *
 * @returns The payload, whether the orchestrator accepted it, and the exit code that `run` would
 *   have: 0 or 1. Times in the payload are milliseconds, sizes bytes.
 * @throws `OptionsError` (`INVALID_OPTIONS`); `ArkeError` (`BUNDLED`) if files of the package are
 *   missing.
 * @example
 * ```ts
 * import { runTask } from 'arke-tiff';
 *
 * const { payload, delivered } = await runTask(process.env, { onLog: console.log });
 * if (payload?.status === 'success' && delivered) console.log(payload.output_r2_key);
 * ```
 */
export async function runTask(
  environment: Readonly<Record<string, string | undefined>>,
  options: TaskOptions = {},
): Promise<RunOutcome> {
  checkOptions(environmentSchema, { environment });
  checkOptions(schema, options);
  refuseBundled();
  const start = performance.now();
  return runTaskFromEnvironment(environment, {
    write: options.onLog ?? (() => {}),
    signal: options.signal,
    program: programName(),
    sinceStart: () => performance.now() - start,
  });
}
