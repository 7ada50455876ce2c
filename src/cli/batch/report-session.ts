import type { BatchOptions } from '../../lib/batch/options.ts';
import type { Storage } from '../../lib/storage/client.ts';
import type { ListedObject } from '../../lib/storage/list-objects.ts';
import type { RequestOptions } from '../../lib/storage/objects.ts';
import type { Outbox } from '../../lib/task/outbox/outbox.ts';
import type { CollectionOutcome } from '../collection/view.ts';
import type { Reporter } from '../reporter.ts';
import type { ReportFlags } from './report-flags.ts';

/** What a report of a batch needs. */
export interface ReportSession {
  readonly storage: Storage;
  /** The address, with `{batch_id}` and `{task_id}`. */
  readonly url: string;
  readonly outbox: Outbox;
  readonly flags: ReportFlags & { readonly 'dry-run': boolean };
  readonly prefix: string;
  /** The selected TIFFs, in order. */
  readonly tiffs: readonly ListedObject[];
  readonly request: RequestOptions;
  readonly userAgent: string;
  readonly signal: AbortSignal;
  readonly reporter: Reporter;
  /** Part of the result, on stdout; omitted with `--json`. */
  readonly result: (line: string) => void;
  /** One line for people, on stderr; omitted with `--json` and `--quiet`. */
  readonly note: (line: string) => void;
  /** Asks the person at the terminal and returns the answer; undefined if there is nobody. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Converts TIFFs, or reports what would be converted; `isShown` shows progress to people. */
  readonly convert: (
    tiffs: readonly ListedObject[],
    how: { readonly dryRun: boolean; readonly isShown: boolean } & Pick<BatchOptions, 'onUploaded'>,
  ) => Promise<CollectionOutcome>;
}
