import { exitCodes } from '../lib/exit-codes.ts';
import { escapeControls } from '../lib/redact.ts';
import { OTHER_SIGNAL_OF_TASK_MS, watchCrashes, watchStopSignals } from '../lib/stop.ts';
import { runTaskFromEnvironment } from '../lib/task/run-from-environment.ts';
import { processEnvironment } from './environment.ts';
import { outliveReaders } from './leave.ts';
import { prepareProcess, redactorOfProcess, summaryOf } from './program-process.ts';
import { taskOptions } from './task-options.ts';

/**
 * `arke-tiff run` without any flag, as every machine is started: what the command does, without oclif,
 * which takes longer to load than all that a task needs before its first request.
 */
export async function startRun(): Promise<void> {
  const leave = outliveReaders();
  const [stops, crashes] = [watchStopSignals(undefined, OTHER_SIGNAL_OF_TASK_MS), watchCrashes()];
  let exitCode: number = exitCodes.failed;
  // For a task that nothing is left to wait for though it has not ended: Node.js then leaves by itself.
  process.exitCode = exitCode;
  try {
    prepareProcess([]);
    const options = taskOptions(process.stdout, stops, crashes);
    ({ exitCode } = await runTaskFromEnvironment(processEnvironment(), options));
  } catch (error) {
    // What can happen to a task has become its outcome: this is a bug, shown as the command shows it.
    const { message } = summaryOf(error, redactorOfProcess());
    process.stderr.write(`${escapeControls(`Error: ${message}`)}\n`);
  }
  await leave.task(exitCode, stops);
}
