import { Errors } from '@oclif/core';
import { BaseCommand, usageError } from '../cli/base-command.ts';
import { processEnvironment } from '../cli/environment.ts';
import { quietFlag } from '../cli/global-flags.ts';
import { foreignVariableRows, variableRows } from '../cli/help/topics.ts';
import { taskOptions } from '../cli/task-options.ts';
import type { TaskDocument } from '../lib/documents/documents.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { watchCrashes } from '../lib/stop.ts';
import {
  failTaskFromEnvironment,
  type RunOptions,
  runTaskFromEnvironment,
} from '../lib/task/run-from-environment.ts';

const line = ([name, meaning]: readonly [string, string]) => `- ${name}: ${meaning}`;

const variablesHelp = [
  'Variables:',
  ...variableRows().map(line),
  'All commands also honour:',
  ...foreignVariableRows().map(line),
].join('\n');

export default class Run extends BaseCommand {
  static override summary = 'Run one task: TIFF from R2, convert, JPEG to R2, callback.';

  static override description = `Reads the task from the environment that the orchestrator sets.
Sends one callback and ends before TASK_TIMEOUT_MS; only a success that the orchestrator has not accepted is retried for CALLBACK_PATIENCE_MS more.
The log goes to stdout; with --json the log goes to stderr and the outcome to stdout.
Exits with 0 if the JPEG is in R2 and the orchestrator has accepted the callback, otherwise with 1.

${variablesHelp}`;

  static override examples = [
    {
      description: 'Run the task in the environment',
      command: '<%= config.bin %> <%= command.id %>',
    },
    {
      description: 'Run a task from a file, against a local orchestrator',
      command: '<%= config.bin %> <%= command.id %> --env-file task.env',
    },
  ];

  static override flags = { quiet: quietFlag('Does not change the log.') };

  protected override readonly warnsOfVariables = false;

  protected override usageExitCode: number = exitCodes.failed;

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

  /** Wrong usage prevents a task; the orchestrator is still told. */
  protected override async catch(error: Error): Promise<void> {
    if (!this.#begun) {
      // oclif's errors are made for terminals: several lines, and help.
      const told = error instanceof Errors.CLIError ? usageError(error) : error;
      await failTaskFromEnvironment(processEnvironment(), told, this.runOptions());
    }
    return super.catch(error);
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    this.#crashes.dispose();
    await super.finally(error);
  }

  /** The task's options besides its environment. */
  protected runOptions(): RunOptions {
    const stream = this.jsonEnabled() ? process.stderr : process.stdout;
    return taskOptions(stream, this.stopWatch, this.#crashes);
  }
}
