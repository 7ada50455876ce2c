import { isForAllTasks } from '../../lib/callback/address.ts';
import { type FoundCallback, type LogFindings, searchLog } from '../../lib/callback/log-search.ts';
import { idOfBody } from '../../lib/callback/request.ts';
import type {
  CallbackNotSent,
  CallbackOfLog,
  CallbackSent,
  CallbackToSend,
} from '../../lib/documents/documents.ts';
import { SettingsError } from '../../lib/errors.ts';
import { escapeControls } from '../../lib/redact.ts';
import { sendBesideOutbox } from './beside-outbox.ts';
import { readLog } from './body.ts';
import { NotSentError } from './known.ts';
import { requestOf } from './send-one.ts';
import type { Sent } from './send-request.ts';
import { type CallbackResult, type CallbackSession, isChosen, tellSkipped } from './session.ts';
import { showInsteadOfSending } from './show-request.ts';

/**
 * Sends the callbacks that task logs report as undelivered: each outcome once, and a task's success
 * rather than its error. Throws `SettingsError` if there is one address for several tasks, and
 * `NotSentError` if there is nothing to send.
 */
export async function replayLog(path: string, session: CallbackSession): Promise<CallbackResult> {
  const { flags, chosen, reporter } = session;
  const log = searchLog(await readLog(path, session.signal));
  for (const line of log.withoutBody)
    reporter.warn(`The callback's body is missing after line ${line} of the log.`);
  const wanted = log.undelivered.filter(({ payload }) => isChosen(payload, chosen));
  const skipped = log.undelivered.length - wanted.length;
  tellSkipped(skipped, session);
  if (wanted.length === 0)
    throw new NotSentError(
      `There is no undelivered callback in ${path === '-' ? 'the log' : path}${skipped > 0 ? ' of that task' : ''}. ` +
        'The log of "run" contains one, on its own line, for each callback that was not accepted.',
    );
  const outcomes = lastOfEach(wanted);
  refuseOneAddress(flags.url, outcomes);
  warnOfOutbox(outcomes, log, session);
  const callbacks: CallbackOfLog[] = [];
  let failures = log.withoutBody.length;
  for (const found of outcomes) {
    session.signal.throwIfAborted();
    const { ok, document } = await replay(found, outcomes, log, session);
    if (!ok) failures += 1;
    const { task_id, batch_id, status } = found.payload;
    callbacks.push({
      task_id,
      batch_id,
      outcome: status,
      line: found.line,
      ...document,
    });
  }
  return { ok: failures === 0, document: { callbacks, skipped } };
}

/** For each task the result of its last run; successes before errors. */
function lastOfEach(found: readonly FoundCallback[]): FoundCallback[] {
  // Keyed by TIFF too: task ids can collide.
  const last = new Map(
    found.map((one) => [JSON.stringify([idOfBody(one.body), one.inputKey]), one]),
  );
  const rank = ({ payload }: FoundCallback) => (payload.status === 'success' ? 0 : 1);
  return [...last.values()].sort((a, b) => rank(a) - rank(b) || a.line - b.line);
}

function refuseOneAddress(url: string | undefined, outcomes: readonly FoundCallback[]): void {
  const tasks = new Set(
    outcomes.map(({ payload }) => JSON.stringify([payload.batch_id, payload.task_id])),
  );
  if (url === undefined || isForAllTasks(url) || tasks.size <= 1) return;
  const names = outcomes.map(({ payload }) => payload.task_id).slice(0, 5);
  throw new SettingsError([
    `the log has callbacks of ${tasks.size} tasks (${names.join(', ')}${tasks.size > names.length ? ', …' : ''}), but --url is a single address: ` +
      'add {batch_id} and {task_id} to it, or choose a task with --task-id',
  ]);
}

async function replay(
  found: FoundCallback,
  outcomes: readonly FoundCallback[],
  log: LogFindings,
  session: CallbackSession,
): Promise<CallbackResult<CallbackSent | CallbackToSend | CallbackNotSent>> {
  const { body, payload, inputKey } = found;
  const { flags, reporter, result } = session;
  const name = escapeControls(`${payload.batch_id}/${payload.task_id} ${payload.status}`);
  const request = requestOf(body, session);
  let sent: Sent;
  try {
    refuseAfterBetter(found, outcomes, session);
    if (flags['dry-run']) {
      if (outcomes[0] !== found) result('');
      return { ok: true, document: showInsteadOfSending(request, session) };
    }
    sent = await sendBesideOutbox(request, session, { alone: false, log, inputKey });
  } catch (error) {
    if (!(error instanceof NotSentError)) throw error;
    reporter.error(error.message);
    result(`${name}: not sent`);
    const { code, message } = error;
    return { ok: false, document: { delivered: false, error: { code, message } } };
  }
  const { delivered, document, summary } = sent;
  result(`${name}: ${summary}`);
  return { ok: delivered, document };
}

function refuseAfterBetter(
  found: FoundCallback,
  outcomes: readonly FoundCallback[],
  { flags }: CallbackSession,
): void {
  const { task_id: taskId, batch_id: batchId } = found.payload;
  const better = outcomes.find(
    ({ payload }) => payload.task_id === taskId && payload.batch_id === batchId,
  );
  if (!better || better === found || flags.force) return;
  throw new NotSentError(
    `The error of ${taskId} is not sent: line ${better.line} of the log has a success of the task. --force sends it anyway.`,
  );
}

/** Warns that an outbox has some of these too, if their delivery cannot be recorded there. */
function warnOfOutbox(
  outcomes: readonly FoundCallback[],
  log: LogFindings,
  { flags, storageSettings, reporter }: CallbackSession,
): void {
  if (flags['outbox-prefix'] !== undefined && storageSettings) return;
  const kept = outcomes.flatMap(({ body }) => log.keptOf(idOfBody(body)) ?? []);
  const [first] = kept;
  if (!first) return;
  const prefix = /^(.*)\/pending\//s.exec(first.key)?.[1] ?? 'PREFIX';
  const [are, them] = kept.length === 1 ? ['is', 'it'] : ['are', 'them'];
  reporter.warn(
    `Line ${first.line} of the log says that ${kept.length} of these callbacks ${are} also in the outbox, and "callback pending" would send ${them} again. ` +
      `Use that command instead, or name the outbox here: --outbox-prefix ${prefix}, --bucket and R2's keys.`,
  );
}
