import { exitCodes } from '../lib/exit-codes.ts';
import { escapeControls } from '../lib/redact.ts';
import { watchCrashes, watchTaskStops } from '../lib/stop.ts';
import { runTaskFromEnvironment } from '../lib/task/run-from-environment.ts';
import { processEnvironment } from './environment.ts';
import { outliveReaders } from './leave.ts';
import { prepareProcess, redactorOfProcess, summaryOf } from './program-process.ts';
import { taskOptions } from './task-options.ts';

/**
 * `arke-tiff run` without flags, as every machine starts it: the command without oclif, which takes
 * longer to load than everything else before a task's first request.
 */
export async function startRun(): Promise<void> {
  const leave = outliveReaders();
  const [stops, crashes] = [watchTaskStops(), watchCrashes()];
  let exitCode: number = exitCodes.failed;
  // For a task that has not ended but has nothing left to wait for: Node.js then exits by itself.
  process.exitCode = exitCode;
  try {
    prepareProcess([]);
    const options = taskOptions(process.stdout, stops, crashes);
    ({ exitCode } = await runTaskFromEnvironment(processEnvironment(), options));
  } catch (error) {
    // Failures of a task become its outcome, so this is a bug, shown like the command shows it.
    const { message } = summaryOf(error, redactorOfProcess());
    process.stderr.write(`${escapeControls(`Error: ${message}`)}\n`);
  }
  await leave.task(exitCode, stops);
}
