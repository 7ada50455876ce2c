import type { CollectionSummary } from '../../lib/collection/events.ts';
import { InterruptedError } from '../../lib/stop.ts';
import type { Activity, Reporter } from '../reporter.ts';
import type { ChosenViews } from './choose-views.ts';
import { lineView } from './lines.ts';

/** How a run over one file is shown. */
export interface SingleViewOptions {
  /** How the file is called. */
  readonly name: string;
  readonly reporter: Reporter;
  /** A line of the result; undefined where the JPEG itself is the result: then only what goes wrong is told. */
  readonly result: ((line: string) => void) | undefined;
  /** A line that counts warnings; undefined where the warnings themselves are shown. */
  readonly count: ((line: string) => void) | undefined;
  /** Resolves when what was written has been taken. */
  readonly taken: () => Promise<void>;
}

/** What is seen of a run over one file: that it is being worked on, then how it ended; no counts of one. */
export function singleView({
  name,
  reporter,
  result,
  count,
  taken,
}: SingleViewOptions): ChosenViews {
  const { warn, error } = reporter;
  const lines = lineView({ result: (line) => result?.(line), warn, error });
  let activity: Activity | undefined;
  const end = (how: keyof Activity) => {
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
    sayAlways: (line) => count?.(line),
    taken,
  };
}

function sayStopped({ left, stopped }: CollectionSummary, { error }: Reporter): void {
  if (stopped && stopped !== 'SIGPIPE' && left > 0) error(new InterruptedError(stopped).message);
}
