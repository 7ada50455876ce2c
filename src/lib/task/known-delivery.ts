import type { LogFindings } from '../callback/log-search.ts';
import type { CallbackIdentity } from './outbox/keys.ts';
import { deliveredAtText, findMark, type Outbox } from './outbox/outbox.ts';

/** Why a delivery is known. */
export interface Evidence {
  /** A clause without a full stop. */
  readonly says: string;
  /**
   * Whether it is unambiguous: a signed mark, or a log line about this TIFF and batch. Uncertain
   * evidence is enough to ask before sending again, but not to omit a callback.
   */
  readonly isCertain: boolean;
}

/** What is known of earlier deliveries. */
export interface KnownDelivery {
  /** The same outcome of the same task was delivered. */
  readonly same: Evidence | undefined;
  /** The success of the task was delivered. */
  readonly success: Evidence | undefined;
}

/** Where deliveries are recorded; each part is optional. */
export interface DeliveryRecords {
  readonly log?: Pick<LogFindings, 'successOf'> | undefined;
  readonly outbox?: Outbox | undefined;
  /** The task's TIFF: a log is certain only about a TIFF. */
  readonly inputKey?: string | undefined;
}

/**
 * Whether a callback is known to be delivered, from a log or the outbox's marks. Throws
 * `StorageError`.
 */
export async function knownDelivery(
  outcome: CallbackIdentity,
  { log, outbox, inputKey }: DeliveryRecords,
): Promise<KnownDelivery> {
  // An error counts by its task id alone: it would lose the picture of any TIFF with that id.
  const isError = outcome.status === 'error';
  const logged = successInLog(log?.successOf(isError ? outcome : { ...outcome, inputKey }));
  const marked = (of: CallbackIdentity) => outbox && markIn(outbox, of);
  if (isError) {
    const same = await marked(outcome);
    return { same, success: logged ?? (await marked({ ...outcome, status: 'success' })) };
  }
  const mark = logged?.isCertain ? undefined : await marked(outcome);
  const same = mark?.isCertain ? mark : (logged ?? mark);
  return { same, success: same };
}

function successInLog(found: ReturnType<LogFindings['successOf']>): Evidence | undefined {
  if (!found) return undefined;
  const says = `line ${found.line} of the log says that the orchestrator has taken its success`;
  return { says, isCertain: found.isCertain };
}

async function markIn(outbox: Outbox, outcome: CallbackIdentity): Promise<Evidence | undefined> {
  const mark = await findMark(outbox, outcome);
  if (!mark) return undefined;
  const says = `the outbox's mark says that its ${outcome.status} was delivered ${deliveredAtText(mark)}`;
  return { says, isCertain: mark.isSealed };
}
