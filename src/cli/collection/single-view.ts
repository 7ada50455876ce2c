import type { CollectionSummary } from '../../lib/collection/events.ts';
import { InterruptedError } from '../../lib/stop.ts';
import type { Activity, Reporter } from '../reporter.ts';
import type { ChosenViews } from './choose-views.ts';
import { type Lines, lineView } from './lines.ts';

/** How a run over one file is shown. */
export interface SingleViewOptions {
  /** The file's name. */
  readonly name: string;
  readonly reporter: Reporter;
  /**
   * A line of the result; undefined if the JPEG itself is the result: then only problems are shown.
   */
  readonly result: ((line: string) => void) | undefined;
  /** A line that counts warnings; undefined if the warnings themselves are shown. */
  readonly count: ((line: string) => void) | undefined;
  /** Resolves when everything written has been accepted. */
  readonly taken: () => Promise<void>;
}

/** Shows a run over one file: its progress, then its result, without counts. */
export function singleView({
  name,
  reporter,
  result,
  count,
  taken,
}: SingleViewOptions): ChosenViews {
  const { warn, error } = reporter;
  const shown: Lines = { result: (line) => result?.(line), warn, error };
  const lines = lineView(shown);
  let activity: Activity | undefined;
  const end = (how: 'done' | 'failed') => {
    activity?.[how]();
    activity = undefined;
  };
  return {
    views: [
      {
        show: (event) => {
          if (event.event === 'collection.started' && result)
            activity = reporter.begin(`Converting ${name}`);
          if (event.event === 'file.ended') end(event.status === 'failed' ? 'failed' : 'done');
          if (event.event === 'collection.ended') sayStopped(event, reporter);
          lines.show('input' in event ? { ...event, input: name } : event);
        },
        close: () => end('failed'),
      },
    ],
    say: () => {},
    sayCounts: () => {},
    sayAlways: (line) => count?.(line),
    lines: shown,
    taken,
  };
}

function sayStopped({ left, stopped }: CollectionSummary, { error }: Reporter): void {
  if (stopped && stopped !== 'SIGPIPE' && left > 0) error(new InterruptedError(stopped).message);
}
