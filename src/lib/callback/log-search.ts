import {
  type AttemptTold,
  attemptInEvent,
  attemptInLine,
  deliveryDoubts,
} from './delivery-doubts.ts';
import { type ObjectInText, objectsIn, parsedString } from './json-in-text.ts';
import { type CallbackPayload, readPayload } from './payload.ts';
import { stripSequences } from './strip-sequences.ts';
import { type TaskHistory, type Told, taskHistory } from './task-history.ts';

/** A callback's body that was found in a log. */
export interface FoundCallback {
  /** As it was sent, character for character. */
  readonly body: string;
  readonly payload: CallbackPayload;
  /** The line of the log, from 1. */
  readonly line: number;
  /** The key of the TIFF, where the log says it. */
  readonly inputKey: string | undefined;
  /** Whether it may have been taken: an answer was lost, or the log ends before it says what became of it. */
  readonly unconfirmed: boolean;
}

/** What the logs of tasks say of their callbacks. */
export interface LogFindings extends Pick<TaskHistory, 'successOf' | 'keptOf'> {
  /** The bodies that were not delivered, each once, in their order. */
  readonly undelivered: readonly FoundCallback[];
  /** The lines, from 1, after which there should be a body and none was found. */
  readonly withoutBody: readonly number[];
}

/**
 * Looks through the log of `run`, as text or JSON, for callbacks that were not delivered, whatever a
 * platform has put around its lines: prefixes, colours, JSON with the line as one of its texts. Lines that
 * say something else are not looked into: they quote keys, and a key may look like a callback.
 */
export function searchLog(text: string): LogFindings {
  const bodies = new Map<string, Omit<FoundCallback, 'unconfirmed'>>();
  const announced: Told[] = [];
  const history = taskHistory();
  const doubts = deliveryDoubts();
  for (const [index, line] of text.split('\n').entries()) {
    const number = index + 1;
    visitLine(line, {
      body(body) {
        const payload = readPayload(body);
        if (typeof payload === 'string') return false;
        const inputKey = history.inputKey(payload.task_id);
        if (!bodies.has(body)) bodies.set(body, { body, payload, line: number, inputKey });
        return true;
      },
      tell(event) {
        const told = { ...event, line: number };
        if (told.what === 'undelivered') announced.push(told);
        history.hear(told);
      },
      attempt(ids, told) {
        for (const id of ids) doubts.hear(id, told);
      },
    });
  }
  const undelivered = [...bodies.values()].map((found) => ({
    ...found,
    unconfirmed: doubts.isUnconfirmed(found.payload.task_id),
  }));
  const withBody = new Set(undelivered.map(({ payload }) => payload.task_id));
  return {
    undelivered,
    successOf: history.successOf,
    keptOf: history.keptOf,
    withoutBody: announced
      .filter(({ ids }) => !ids.some((id) => withBody.has(id)))
      .map(({ line }) => line),
  };
}

/** How many brackets of a head are looked at: a prefix has few, and a task id hardly any. */
const MOST_BRACKETS = 16;

/** What may be the task id at the end of a head: an id may have brackets of its own, so all that stands behind one. */
function idsIn(head: string): string[] {
  const ids: string[] = [];
  for (let at = head.lastIndexOf('['); at >= 0 && ids.length < MOST_BRACKETS; ) {
    ids.push(head.slice(at + 1));
    at = at === 0 ? -1 : head.lastIndexOf('[', at - 1);
  }
  return ids;
}

/** Takes what a line says. */
interface Listener {
  /** A text that may be a body; whether it was one. */
  body(text: string): boolean;
  tell(event: Omit<Told, 'line'>): void;
  attempt(ids: readonly string[], told: AttemptTold): void;
}

/** How deep lines may be wrapped in others: a platform's JSON in a shipper's in a file's. */
const DEEPEST = 5;

/**
 * A member of an object that is written over several lines, as `fly logs --json` and jq do, by a name under
 * which platforms have lines, or ours a body; others, ours among them, hold keys.
 */
const MEMBER = /^\s*"@?(?:message|msg|log|line|text|body)"\s*:\s*("(?:[^"\\]|\\.)*")\s*(?:,\s*)?$/;

function visitLine(coloured: string, listener: Listener, depth = 0): void {
  const line = stripSequences(coloured);
  const member = parsedString(MEMBER.exec(line)?.[1] ?? '');
  if (member !== undefined) {
    // Nothing but the whole of it: ours may be among such texts, too, and quotes keys.
    const inner = stripSequences(member).trim();
    if (depth < DEEPEST && isWholeObject(inner)) visitLine(inner, listener, depth + 1);
    else hearTask(inner, listener);
    return;
  }
  if (hearTask(line, listener)) return;
  objectsIn(line, (found) => visitObject(found, listener, depth));
}

/** The words with which the lines of a task begin (`log.ts`). */
const TASK_LINE =
  /\] (?:Page \d+: )?(Starting TIFF conversion: |✓ Success in |Callback not (?:delivered|confirmed); |✗ Error: |Downloaded |Converted |Uploaded |Page \d|Plan: |Done as |Warning: |Note: |Retrying )/u;

const EVENTS: Readonly<Record<string, Told['what']>> = {
  'Starting TIFF conversion: ': 'started',
  '✓ Success in ': 'succeeded',
  '✗ Error: ': 'failed',
  'Callback not delivered; ': 'undelivered',
  'Callback not confirmed; ': 'undelivered',
  'task.started': 'started',
  'task.succeeded': 'succeeded',
  'task.failed': 'failed',
};

/** What notes say of a callback that a task has kept (`task/outbox/task-outbox.ts`, `held-callback.ts`). */
const KEPT = /^the callback (?:is kept|stays) in the outbox as (.+); (?:"arke-tiff |this process )/;

function hearTask(line: string, listener: Listener): boolean {
  const match = TASK_LINE.exec(line);
  // A body, or a line in a platform's JSON, may quote one.
  const head = line.slice(0, match?.index);
  if (!match || /\{\s*"/.test(head)) return false;
  const [ids, rest] = [idsIn(head), line.slice(match.index + match[0].length)];
  const what = EVENTS[match[1] ?? ''];
  if (what) listener.tell({ what, ids, key: rest.trimEnd() });
  else if (match[1] === 'Note: ') tellKept(rest, ids, listener);
  const attempt = attemptInLine(match[1] ?? '', rest);
  if (attempt) listener.attempt(ids, attempt);
  return true;
}

function tellKept(note: string, ids: readonly string[], listener: Listener): void {
  const key = KEPT.exec(note)?.[1];
  if (key !== undefined) listener.tell({ what: 'kept', ids, key });
}

/** Whether what lies in the object need not be looked at. */
function visitObject({ raw, value }: ObjectInText, listener: Listener, depth: number): boolean {
  if (listener.body(raw)) return true;
  const { event, task_id: taskId, batch_id: batch, body, input_r2_key: key, message } = value;
  if (typeof event === 'string' && typeof taskId === 'string' && 'level' in value) {
    const found =
      event === 'callback.undelivered' && typeof body === 'string' && listener.body(body);
    const what = event === 'callback.undelivered' && !found ? 'undelivered' : EVENTS[event];
    const ids = [taskId];
    const batchId = typeof batch === 'string' ? batch : undefined;
    if (what) listener.tell({ what, ids, batchId, key: typeof key === 'string' ? key : '' });
    else if (event === 'note' && typeof message === 'string') tellKept(message, ids, listener);
    const attempt = attemptInEvent(event, value);
    if (attempt) listener.attempt(ids, attempt);
    return true;
  }
  if (depth >= DEEPEST) return true;
  for (const text of Object.values(value))
    if (typeof text === 'string')
      for (const line of text.split('\n')) visitLine(line, listener, depth + 1);
  return false;
}

function isWholeObject(text: string): boolean {
  let whole = false;
  objectsIn(text, ({ raw }) => {
    whole ||= raw === text;
    return true;
  });
  return whole;
}
