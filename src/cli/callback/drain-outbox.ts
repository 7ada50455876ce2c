import { randomUUID } from 'node:crypto';
import { addressOfEntry } from '../../lib/callback/address.ts';
import type { OutboxEntryTold } from '../../lib/documents/documents.ts';
import { SettingsError } from '../../lib/errors.ts';
import { httpUrlProblem, shownUrl } from '../../lib/http-url.ts';
import { escapeControls } from '../../lib/redact.ts';
import { drainOutbox } from '../../lib/task/outbox/drain.ts';
import type { DrainEvent } from '../../lib/task/outbox/drain-events.ts';
import { settingName } from '../setting-names.ts';
import { outputTaken } from '../standard-streams.ts';
import type { PendingFlags } from './flags.ts';
import { mayRepeat, neededOutbox } from './known.ts';
import { deliveredAs, failedAs, policyOf, warnOfRetry } from './send-request.ts';
import {
  type CallbackResult,
  type CallbackSession,
  isAddressOfAnother,
  isChosen,
  tellSkipped,
  urlFlag,
} from './session.ts';
import { showInsteadOfSending, showRequest } from './show-request.ts';

/**
 * Sends the callbacks in the outbox, and reports what became of each object in it. Throws
 * `SettingsError`.
 */
export async function drainPending(
  options: PendingFlags,
  session: CallbackSession,
): Promise<CallbackResult> {
  const { flags, chosen, result } = session;
  const urlName = settingName('CALLBACK_URL', urlFlag(flags));
  const problem = flags.url === undefined ? undefined : httpUrlProblem(flags.url);
  if (problem) throw new SettingsError([`${urlName} ${problem}`]);
  const outbox = await neededOutbox(session);
  const entries: OutboxEntryTold[] = [];
  let [ok, skipped, shown] = [true, 0, 0];
  for await (const event of drainOutbox(outbox, {
    wanted: (payload) => {
      const wanted = isChosen(payload, chosen);
      if (!wanted) skipped += 1;
      return wanted;
    },
    addressOf: ({ entry, payload }, several) =>
      addressOfEntry(entry, payload, {
        urlName,
        url: isAddressOfAnother(payload, session) ? undefined : flags.url,
        origins: options['allow-origin'] ?? [],
        severalTasks: several && chosen.taskId === undefined,
      }),
    mayRepeat: (_, known) => mayRepeat(known, session),
    force: flags.force,
    unsigned: options.unsigned,
    dryRun: flags['dry-run'],
    secret: session.secret,
    userAgent: session.userAgent,
    policy: policyOf(session),
    onSending: (request) => showRequest(request, session),
    onRetry: warnOfRetry(session),
    onStuck: (key, reason) => session.reporter.warn(`"${key}" stays in the outbox: ${reason}`),
    signal: session.signal,
    owner: randomUUID(),
    leaseMs: options.lease * 1000,
    now: () => new Date(),
  })) {
    if (event.kind === 'pending' && shown++ > 0) result('');
    const told = tell(event, session);
    entries.push(told);
    await outputTaken(session.signal);
    ok &&=
      ['delivered', 'pending', 'obsolete', 'busy'].includes(event.kind) && !('leftover' in told);
  }
  if (entries.length === 0) result('Nothing to deliver.');
  tellSkipped(skipped, session);
  return { ok, document: { entries, skipped } };
}

/** Shows what became of an object in the outbox; returns it for `--json`. */
function tell(event: DrainEvent, session: CallbackSession): OutboxEntryTold {
  const { key, kind } = event;
  if (kind === 'corrupt') {
    session.reporter.error(
      `"${key}" in the outbox is not a callback and is kept: ${event.reason}.`,
    );
    session.result(escapeControls(`corrupt: ${key}`));
    return { key, state: kind, reason: event.reason };
  }
  const { task_id, batch_id, status } = event.payload;
  const of = { key, task_id, batch_id, outcome: status };
  const line = (what: string) =>
    session.result(escapeControls(`${kind}: ${batch_id}/${task_id} ${status}, ${what}`));
  switch (kind) {
    case 'pending': {
      const document = showInsteadOfSending(event.request, session);
      return { ...of, state: kind, ...document };
    }
    case 'delivered': {
      const { document, summary } = deliveredAs(event.request, event.delivery, event.ms);
      line(`${shownUrl(event.request.settings.url)} ${summary}`);
      if (event.leftover)
        session.reporter.warn(
          `It is still in the outbox as "${key}", which could not be updated: ${event.leftover}`,
        );
      return {
        ...of,
        state: kind,
        ...document,
        ...(event.leftover ? { leftover: event.leftover } : {}),
      };
    }
    case 'failed': {
      const { document, summary } = failedAs(event.request, event.error, event);
      line(summary);
      return {
        ...of,
        state: kind,
        ...document,
        ...(event.leftover ? { leftover: event.leftover } : {}),
      };
    }
    default:
      line(event.reason);
      return { ...of, state: kind, reason: event.reason };
  }
}
