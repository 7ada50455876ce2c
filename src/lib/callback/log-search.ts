import {
  type AttemptTold,
  attemptInEvent,
  attemptInLine,
  deliveryDoubts,
} from './delivery-doubts.ts';
import { type ObjectInText, objectsIn, parsedString } from './json-in-text.ts';
import { type CallbackPayload, readPayload } from './payload.ts';
import { stripSequences } from './strip-sequences.ts';
import { type LoggedFact, type TaskHistory, taskHistory } from './task-history.ts';

/** A callback's body found in a log. */
export interface FoundCallback {
  /** As it was sent, character for character. */
  readonly body: string;
  readonly payload: CallbackPayload;
  /** Line of the log, from 1. */
  readonly line: number;
  /** The key of the TIFF, if the log gives it. */
  readonly inputKey: string | undefined;
  /** Whether it may have been accepted: an answer was lost, or the log ends before the result. */
  readonly unconfirmed: boolean;
}

/** What task logs say about their callbacks. */
export interface LogFindings extends Pick<TaskHistory, 'successOf' | 'keptOf'> {
  /** The undelivered bodies, each once, in log order. */
  readonly undelivered: readonly FoundCallback[];
  /** The lines, from 1, that announce a body which was not found. */
  readonly withoutBody: readonly number[];
}

/**
 * Searches the log of `run`, as text or JSON, for undelivered callbacks, whatever a platform has
 * added to its lines: prefixes, colours, JSON that holds the line as one of its texts. Other lines
 * are not searched: they quote keys, and a key may look like a callback.
 */
export function searchLog(text: string): LogFindings {
  const bodies = new Map<string, Omit<FoundCallback, 'unconfirmed'>>();
  const announced: LoggedFact[] = [];
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

/** Most brackets examined in a head: a prefix has few, and a task id hardly any. */
const MOST_BRACKETS = 16;

/**
 * Candidates for the task id at the end of a head: an id may contain brackets, so everything after
 * each opening bracket.
 */
function idsIn(head: string): string[] {
  const ids: string[] = [];
  for (let at = head.lastIndexOf('['); at >= 0 && ids.length < MOST_BRACKETS; ) {
    ids.push(head.slice(at + 1));
    at = at === 0 ? -1 : head.lastIndexOf('[', at - 1);
  }
  return ids;
}

/** Receives what a line says. */
interface Listener {
  /** Takes a text that may be a body; returns whether it was one. */
  body(text: string): boolean;
  tell(event: Omit<LoggedFact, 'line'>): void;
  attempt(ids: readonly string[], told: AttemptTold): void;
}

/** Nesting depth of wrapped lines: a platform's JSON in a log shipper's in a file's. */
const DEEPEST = 5;

/**
 * One member of an object printed over several lines, as by `fly logs --json` and jq. Only names
 * under which platforms keep lines, or ours a body: other members, ours too, hold keys.
 */
const MEMBER = /^\s*"@?(?:message|msg|log|line|text|body)"\s*:\s*("(?:[^"\\]|\\.)*")\s*(?:,\s*)?$/;

function visitLine(coloured: string, listener: Listener, depth = 0): void {
  const line = stripSequences(coloured);
  const member = parsedString(MEMBER.exec(line)?.[1] ?? '');
  if (member !== undefined) {
    // Only the whole text counts: our own lines may be among such texts, and they quote keys.
    const inner = stripSequences(member).trim();
    if (depth < DEEPEST && isWholeObject(inner)) visitLine(inner, listener, depth + 1);
    else hearTask(inner, listener);
    return;
  }
  if (hearTask(line, listener)) return;
  objectsIn(line, (found) => visitObject(found, listener, depth));
}

/** The opening words of a task's log lines (`log.ts`). */
const TASK_LINE =
  /\] (?:Page \d+: )?(Starting TIFF conversion: |✓ Success in |Callback not (?:delivered|confirmed); |✗ Error: |Downloaded |Converted |Uploaded |Page \d|Plan: |Done as |Warning: |Note: |Retrying )/u;

const EVENTS: Readonly<Record<string, LoggedFact['what']>> = {
  'Starting TIFF conversion: ': 'started',
  '✓ Success in ': 'succeeded',
  '✗ Error: ': 'failed',
  'Callback not delivered; ': 'undelivered',
  'Callback not confirmed; ': 'undelivered',
  'task.started': 'started',
  'task.succeeded': 'succeeded',
  'task.failed': 'failed',
};

/** The notes about a callback kept by a task (`task/outbox/task-outbox.ts`, `held-callback.ts`). */
const KEPT = /^the callback (?:is kept|stays) in the outbox as (.+); (?:"arke-tiff |this process )/;

function hearTask(line: string, listener: Listener): boolean {
  const match = TASK_LINE.exec(line);
  // A body, or a line in a platform's JSON, may quote a task line.
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

/** Whether the contents of the object need no further search. */
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
