import type { Storage } from '../../lib/storage/client.ts';
import type { ListedObject } from '../../lib/storage/list-objects.ts';
import type { RequestOptions } from '../../lib/storage/objects.ts';
import type { Outbox } from '../../lib/task/outbox/outbox.ts';
import type { CollectionOutcome } from '../collection/view.ts';
import type { Reporter } from '../reporter.ts';
import type { ReportFlags } from './report-flags.ts';

/** What a report of a batch works with. */
export interface ReportSession {
  readonly storage: Storage;
  /** Where to, with `{batch_id}` and `{task_id}`. */
  readonly url: string;
  readonly outbox: Outbox;
  readonly flags: ReportFlags & { readonly 'dry-run': boolean };
  readonly prefix: string;
  /** The TIFFs that are chosen, in their order. */
  readonly tiffs: readonly ListedObject[];
  readonly request: RequestOptions;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
  /** A part of the result, on stdout; left out under `--json`. */
  readonly result: (line: string) => void;
  /** One line for people, on stderr; left out under `--json` and `--quiet`. */
  readonly note: (line: string) => void;
  /** Asks a person, who must be there, and gives the answer. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Converts TIFFs, or says what would be converted; `isShown`: for people to see. */
  readonly convert: (
    tiffs: readonly ListedObject[],
    how: { readonly dryRun: boolean; readonly isShown: boolean },
  ) => Promise<CollectionOutcome>;
}
