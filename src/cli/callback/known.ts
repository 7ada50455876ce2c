import type { LogFindings } from '../../lib/callback/log-search.ts';
import type { CallbackPayload } from '../../lib/callback/payload.ts';
import { ArkeError, messageOf } from '../../lib/errors.ts';
import { jpegOfTask } from '../../lib/task/jpeg-of-task.ts';
import { deliveredAtText, findMark, type Outbox } from '../../lib/task/outbox/outbox.ts';
import type { CallbackSession } from './session.ts';

/** Thrown when a callback must not be sent, or not without somebody's consent. */
export class NotSentError extends ArkeError {
  constructor(message: string) {
    super('NOT_SENT', message);
  }
}

/** How it is known that a callback has been delivered before; both are sentences without an end. */
interface Known {
  /** The same outcome of the same task. */
  readonly same?: string | undefined;
  /** For an error: a success of the task. */
  readonly success?: string | undefined;
}

/**
 * Refuses an error after a success, and asks before a callback is sent again that is known to have been
 * delivered: the orchestrator counts twice, and an error would lose the picture. Throws `NotSentError`.
 */
export async function refuseKnown(
  payload: CallbackPayload,
  session: CallbackSession,
  log?: LogFindings,
): Promise<void> {
  const known = await lookUp(payload, session, log);
  const { flags } = session;
  if (payload.status === 'error' && known.success && !flags.force)
    throw new NotSentError(
      `The error of ${payload.task_id} is not sent: ${known.success}, and an error after it would lose the picture. ` +
        '--force sends it all the same.',
    );
  if (known.same && !(await mayRepeat(known.same, session)))
    throw new NotSentError(
      `The ${payload.status} of ${payload.task_id} is not sent again: ${known.same}, and the orchestrator would count it twice. ` +
        'Look there what it knows; --yes sends it again.',
    );
}

/** Whether a callback may be sent again: `--yes`, or somebody at the terminal says so. */
export async function mayRepeat(known: string, session: CallbackSession): Promise<boolean> {
  if (session.flags.yes) return true;
  if (!session.ask) return false;
  session.reporter.warn(`${known}. The orchestrator counts twice what it gets twice.`);
  return /^y(es)?$/i.test((await session.ask('Send it again? [y/N] ')).trim());
}

async function lookUp(
  payload: CallbackPayload,
  session: CallbackSession,
  log: LogFindings | undefined,
): Promise<Known> {
  const line = log?.successLine(payload.task_id);
  const inLog =
    line === undefined
      ? undefined
      : `line ${line} of the log says that the orchestrator has taken its success`;
  try {
    const inR2 = await lookInR2(payload, session, log);
    return { ...inR2, ...(inLog ? { success: inLog } : {}), same: same(payload, inLog, inR2) };
  } catch (error) {
    session.signal.throwIfAborted();
    session.reporter.warn(`Could not look in R2 whether it was delivered: ${messageOf(error)}`);
    return { success: inLog, same: same(payload, inLog, {}) };
  }
}

function same(
  payload: CallbackPayload,
  inLog: string | undefined,
  inR2: Known,
): string | undefined {
  return (payload.status === 'success' ? inLog : undefined) ?? inR2.same;
}

async function lookInR2(
  payload: CallbackPayload,
  session: CallbackSession,
  log: LogFindings | undefined,
): Promise<Known> {
  if (!session.storageSettings) return {};
  const outbox = await outboxOf(session);
  const mark = outbox && (await findMark(outbox, payload));
  const same = mark && `it was delivered from the outbox ${deliveredAtText(mark)}`;
  if (payload.status === 'success') return { same };
  const success = outbox && (await findMark(outbox, { ...payload, status: 'success' }));
  if (success)
    return {
      same,
      success: `its success was delivered from the outbox ${deliveredAtText(success)}`,
    };
  const key = log?.inputKey(payload.task_id) ?? session.inputKeyOf(payload.task_id);
  if (key === undefined) return { same };
  const options = { signal: session.signal };
  const jpeg = await jpegOfTask(await session.storage(), key, payload, options);
  const made = `the JPEG that it has made is in R2, which --from-r2 "${jpeg?.key}" reports`;
  return { same, success: jpeg && made };
}

/** The outbox, where it is known where that is. Throws `StorageError`. */
export async function outboxOf(session: CallbackSession): Promise<Outbox | undefined> {
  const prefix = session.flags['outbox-prefix'];
  if (prefix === undefined || !session.storageSettings) return undefined;
  const { secret, signal } = session;
  return { storage: await session.storage(), prefix, secret, request: { signal } };
}
