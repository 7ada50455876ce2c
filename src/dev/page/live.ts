import type { CallbackRecord, DevState, LogLines, TaskSummary } from '../api.ts';
import type { Faults } from '../faults.ts';

/** Events from the server. */
export interface Happenings {
  /** The complete state: at first, and after each gap. */
  state(state: DevState): void;
  task(task: TaskSummary): void;
  log(event: LogLines): void;
  callback(event: { readonly id: string; readonly record: CallbackRecord }): void;
  faults(faults: Faults): void;
  removed(event: { readonly ids: readonly string[] }): void;
  /** Whether the connection is up. */
  connected(isConnected: boolean): void;
}

/** The names of the server's events. */
const EVENTS = ['state', 'task', 'log', 'callback', 'faults', 'removed'] as const;

/** Milliseconds: the browser retries as often, but not after an answer that was not a stream. */
const PAUSE = 2_000;

/** Listens to the server, and retries forever. */
export function listen(happenings: Happenings): void {
  const source = new EventSource('/api/events');
  for (const name of EVENTS)
    source.addEventListener(name, ({ data }: MessageEvent<string>) => {
      if (name === 'state') happenings.connected(true);
      happenings[name](JSON.parse(data));
    });
  source.addEventListener('error', () => {
    happenings.connected(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => listen(happenings), PAUSE);
  });
}
