import { exitCodes, stopSignals } from '../../lib/exit-codes.ts';
import { canRedraw } from '../environment.ts';
import type { Session } from '../session.ts';
import { outputTaken } from '../standard-streams.ts';
import { type ChosenViews, chooseViews } from './choose-views.ts';
import { documentOf } from './json.ts';
import type { CollectionOutcome } from './view.ts';

/** The views that show a run over a collection in a session. */
export function viewsOf(
  session: Session,
  flags: { readonly quiet: boolean; readonly verbose: boolean; readonly 'json-lines': boolean },
): Promise<ChosenViews> {
  const lines = flags['json-lines'] ? 'json-lines' : 'lines';
  return chooseViews({
    results: session.jsonEnabled() ? 'json' : lines,
    quiet: flags.quiet,
    verbose: flags.verbose,
    terminal: canRedraw(process.stderr) ? process.stderr : undefined,
    resultsOnTerminal: process.stdout.isTTY === true,
    clean: session.clean,
    redact: session.redact,
    // One line each, even if a name contains line breaks.
    result: (line) => session.result(session.clean(line)),
    writeToStdout: (text) => process.stdout.write(text),
    writeToStderr: (text) => process.stderr.write(text),
    taken: () => outputTaken(session.stopSignal),
  });
}

/** Writes the document of a run if one is asked for, and returns the exit code. */
export async function endRun(session: Session, outcome: CollectionOutcome): Promise<number> {
  if (session.jsonEnabled()) await session.writeDocument(documentOf(outcome));
  const { stopped, failed, would_fail = 0, left } = outcome.summary;
  const isWhole = failed + would_fail === 0 && outcome.unread.length === 0;
  // A reader that left after everything was done has stopped nothing.
  if (stopped && (left > 0 || stopped !== 'SIGPIPE')) return stopSignals[stopped];
  return isWhole ? exitCodes.ok : exitCodes.failed;
}
