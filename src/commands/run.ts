import { Errors } from '@oclif/core';
import { BaseCommand, usageError } from '../cli/base-command.ts';
import { processEnvironment } from '../cli/environment.ts';
import { taskOptions } from '../cli/task-options.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { watchCrashes } from '../lib/stop.ts';
import {
  failTaskFromEnvironment,
  type RunOptions,
  runTaskFromEnvironment,
} from '../lib/task/run-from-environment.ts';

export default class Run extends BaseCommand {
  static override summary = 'Run one task: TIFF from R2, convert, JPEG to R2, callback.';

  static override description =
    `Reads the task from the environment, as the orchestrator sets it for a machine.
Needs TASK_ID, BATCH_ID, INPUT_R2_KEY, R2_ACCOUNT_ID, R2_ACCESS_KEY_ID, R2_SECRET_ACCESS_KEY, R2_BUCKET and CALLBACK_URL.
Knows R2_ENDPOINT, R2_JURISDICTION, TASK_TIMEOUT_MS, TASK_CPU_SECONDS, MEMORY_LIMIT_MB, JPEG_QUALITY, JPEG_CHROMA_SUBSAMPLING, JPEG_EFFORT, JPEG_BACKGROUND, CALLBACK_SECRET, CALLBACK_OUTBOX_PREFIX and LOG_FORMAT, too.
Always ends before TASK_TIMEOUT_MS, with one callback.
The log goes to stdout; with --json the log goes to stderr and the outcome to stdout.
Exits by 0 when the JPEG is in R2 and the orchestrator has taken the callback, else by 1.`;

  static override examples = [
    {
      description: 'Run the task of the environment',
      command: '<%= config.bin %> <%= command.id %>',
    },
    {
      description: 'Run a task from a file, against a local orchestrator',
      command: '<%= config.bin %> <%= command.id %> --env-file task.env',
    },
  ];

  protected override usageExitCode: number = exitCodes.failed;

  /** A task is brought to its end whether or not anybody reads its log. */
  protected override outputToWatch(): undefined {
    return undefined;
  }

  #begun = false;
  readonly #crashes = watchCrashes();

  async run(): Promise<unknown> {
    await this.parse(Run);
    this.#begun = true;
    // See cli/start-run.ts.
    process.exitCode = exitCodes.failed;
    const outcome = await runTaskFromEnvironment(processEnvironment(), this.runOptions());
    const { exitCode, ...result } = outcome;
    this.exitWith(exitCode, { ...result, exit_code: exitCode });
  }

  /** Wrong usage keeps a task from beginning; the orchestrator is told all the same. */
  protected override async catch(error: Error): Promise<void> {
    if (!this.#begun) {
      // oclif's errors are made for a terminal: several lines, and help that nobody can ask for there.
      const told = error instanceof Errors.CLIError ? usageError(error) : error;
      await failTaskFromEnvironment(processEnvironment(), told, this.runOptions());
    }
    return super.catch(error);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.#crashes.dispose();
    await super.finally(error);
  }

  /** What the task gets besides its environment. */
  protected runOptions(): RunOptions {
    const stream = this.jsonEnabled() ? process.stderr : process.stdout;
    return taskOptions(stream, [this.stopSignal, this.#crashes.signal]);
  }
}
