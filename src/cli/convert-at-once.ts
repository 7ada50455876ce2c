import type { Converter } from '../lib/convert/process/converter.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import type { StopSignalWatch } from '../lib/stop.ts';
import { convertFlags } from './collection/convert-flags.ts';
import { type ConvertFlags, runConvert } from './collection/run-convert.ts';
import { processEnvironment } from './environment.ts';
import { globalFlags } from './global-flags.ts';
import {
  exitCodeOf,
  noteStack,
  prepareProcess,
  redactorOfProcess,
  summaryOf,
  warnOfVariables,
} from './program-process.ts';
import { readArguments } from './read-arguments.ts';
import { createSession } from './session.ts';

/** Carries out `convert` with these arguments, as its command does; undefined if they are wrong. */
export async function convertAtOnce(
  args: readonly string[],
  { converter, stopWatch }: { readonly converter: Converter; readonly stopWatch: StopSignalWatch },
): Promise<number | undefined> {
  const session = createSession({
    stopWatch,
    endWatch: stopWatch.dispose,
    jsonEnabled: () => false,
    redactor: () => redactorOfProcess(),
  });
  try {
    prepareProcess(args);
    const table = { ...globalFlags, ...convertFlags };
    const read = await readArguments(args, table, processEnvironment());
    if (!read) return undefined;
    warnOfVariables(args, session);
    return await runConvert(read.paths, read.flags as ConvertFlags, { ...session, converter });
  } catch (error) {
    const code = exitCodeOf(error);
    if (code === exitCodes.readerGone) return code;
    session.note(`Error: ${summaryOf(error, session.redact).message}`);
    noteStack(error, session);
    return code;
  }
}
