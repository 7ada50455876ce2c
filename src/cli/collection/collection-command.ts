import { exitCodes, stopSignals } from '../../lib/exit-codes.ts';
import { BaseCommand } from '../base-command.ts';
import { outputTaken } from '../standard-streams.ts';
import { type ChosenViews, chooseViews } from './choose-views.ts';
import { documentOf } from './json.ts';
import type { CollectionOutcome } from './view.ts';

/** What commands that run over a collection share. */
export abstract class CollectionCommand extends BaseCommand {
  /** The views that show the run. */
  protected views(flags: {
    readonly quiet: boolean;
    readonly 'json-lines': boolean;
  }): Promise<ChosenViews> {
    const lines = flags['json-lines'] ? 'json-lines' : 'lines';
    return chooseViews({
      results: this.jsonEnabled() ? 'json' : lines,
      quiet: flags.quiet,
      terminal: process.stderr.isTTY ? process.stderr : undefined,
      resultsOnTerminal: process.stdout.isTTY === true,
      clean: (text) => this.clean(text),
      redact: this.redact,
      // One line each, even if a name contains line breaks.
      result: (line) => this.result(this.clean(line)),
      writeToStdout: (text) => process.stdout.write(text),
      writeToStderr: (text) => process.stderr.write(text),
      taken: () => outputTaken(this.stopSignal),
    });
  }

  /**
   * The document of a run over these inputs, in order; ends the command if not everything is good.
   */
  protected resultOf(outcome: CollectionOutcome, inputs: readonly string[]): unknown {
    const document = documentOf(outcome, inputs);
    const { stopped, failed, would_fail = 0, left } = outcome.summary;
    const isWhole = failed + would_fail === 0 && outcome.unread.length === 0;
    // A reader that left after everything was done has stopped nothing.
    if (stopped && (left > 0 || stopped !== 'SIGPIPE'))
      this.exitWith(stopSignals[stopped], document);
    if (!isWhole) this.exitWith(exitCodes.failed, document);
    return document;
  }
}
