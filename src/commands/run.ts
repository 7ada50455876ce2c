import { Errors } from '@oclif/core';
import { BaseCommand, usageError } from '../cli/base-command.ts';
import { processEnvironment } from '../cli/environment.ts';
import { taskOptions } from '../cli/task-options.ts';
import type { TaskDocument } from '../lib/documents/documents.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { OTHER_SIGNAL_OF_TASK_MS, watchCrashes } from '../lib/stop.ts';
import { type Variable, variables } from '../lib/task/environment.ts';
import {
  failTaskFromEnvironment,
  type RunOptions,
  runTaskFromEnvironment,
} from '../lib/task/run-from-environment.ts';

/** A variable and what it means, as the table of variables says it. */
function helpLine({ name, meaning, fallback }: Variable): string {
  return `- ${name}: ${meaning.replaceAll('`', '')} (${fallback === undefined ? 'required' : `default: ${fallback}`})`;
}

export default class Run extends BaseCommand {
  static override summary = 'Run one task: TIFF from R2, convert, JPEG to R2, callback.';

  static override description =
    `Reads the task from the environment, as the orchestrator sets it for a machine.
Calls back one outcome, and ends before TASK_TIMEOUT_MS unless that is a success that the orchestrator has not accepted: it is retried for CALLBACK_PATIENCE_MS more.
The log goes to stdout; with --json the log goes to stderr and the outcome to stdout.
Exits with 0 when the JPEG is in R2 and the orchestrator has taken the callback, else with 1.

Variables:
${variables.map(helpLine).join('\n')}`;

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

  protected override readonly warnsOfVariables = false;

  protected override usageExitCode: number = exitCodes.failed;

  protected override otherSignalMs(): number {
    return OTHER_SIGNAL_OF_TASK_MS;
  }

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
    const document: TaskDocument = { ...result, exit_code: exitCode };
    this.exitWith(exitCode, document);
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
    return taskOptions(stream, this.stopWatch, this.#crashes);
  }
}
