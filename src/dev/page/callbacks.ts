import { make } from '../../lib/browser/dom.ts';
import { sizeOf, timeOf } from '../../lib/browser/words.ts';
import type { CallbackRecord, ForwardedCallback } from '../api.ts';
import { FAULTS, isAccepted } from '../faults.ts';
import { copyButton } from './copy-button.ts';
import { curlOf } from './curl.ts';
import { momentText } from './task-words.ts';

/** The callbacks of a task. */
export interface CallbackList {
  readonly element: HTMLElement;
  /** Shows these; existing entries are kept. */
  set(records: readonly CallbackRecord[]): void;
  /** Adds one, or updates an existing one. */
  add(record: CallbackRecord): void;
  count(): number;
}

/**
 * All callbacks that were received for a task, in the order in which they came.
 *
 * @param orchestrator its base address, without a trailing slash
 */
export function callbackList(orchestrator: () => string): CallbackList {
  const element = make('ol', { className: 'callbacks' });
  const shown = new Map<string, { readonly item: HTMLElement; readonly json: string }>();
  const add = (record: CallbackRecord) => {
    const key = `${record.at} ${record.replay} ${record.headers['webhook-timestamp'] ?? ''}`;
    const json = JSON.stringify(record);
    const before = shown.get(key);
    if (before?.json === json) return;
    const item = itemFor(record, orchestrator, before ? isOpen(before.item) : shown.size === 0);
    shown.set(key, { item, json });
    if (before) before.item.replaceWith(item);
    else element.append(item);
  };
  return {
    element,
    set: (records) => records.forEach(add),
    add,
    count: () => shown.size,
  };
}

function isOpen(item: HTMLElement): boolean {
  return item.querySelector('details')?.open ?? false;
}

function itemFor(record: CallbackRecord, orchestrator: () => string, open: boolean): HTMLElement {
  const { method, path, headers, body, replay, forwarded } = record;
  const head = make(
    'summary',
    {},
    make('code', { className: 'request' }, `${method} ${path}`),
    make('span', { className: 'when' }, momentText(record.at, new Date())),
    ...(replay ? [make('span', { className: 'tag' }, 'replay')] : []),
    answerMark(record),
    ...(forwarded ? [forwardMark(forwarded)] : []),
  );
  const curl = copyButton('Copy as curl', async () => curlOf(record, orchestrator()));
  return make(
    'li',
    {},
    make(
      'details',
      { open },
      ...[head, make('h4', {}, 'Body'), block(prettyOf(body), 'Body')],
      make(
        'details',
        { className: 'raw' },
        make('summary', {}, `As it was sent, ${sizeOf(new TextEncoder().encode(body).length)}`),
        block(body, 'Body as it was sent'),
      ),
      make('h4', {}, 'Headers'),
      headersTable(headers),
      ...(forwarded ? forwardedAnswer(forwarded) : []),
      make('p', { className: 'row' }, curl),
    ),
  );
}

function answerMark({ answer }: CallbackRecord): HTMLElement {
  if (!answer) return make('span', { className: 'answer' }, '? answer not known');
  const { status, fault } = answer;
  const taken = isAccepted(answer);
  // Status 0: there was no answer, and there will be none.
  const told = status === 0 ? 'not answered' : `answered ${status}`;
  const by = fault ? ` by the fault “${FAULTS.callback.faults[fault].label}”` : '';
  const words = `${taken ? '✓' : '✗'} ${told}${by}`;
  return make('span', { className: `answer ${taken ? 'good' : 'bad'}` }, words);
}

/** `→ forwarded: 200 from http://127.0.0.1:3000/hook in 12 ms`. */
function forwardMark({ status, url, ms, error }: ForwardedCallback): HTMLElement {
  const words =
    status === null ? `no answer from ${url}: ${error}` : `${status} from ${url} in ${timeOf(ms)}`;
  const isGood = status !== null && status >= 200 && status < 300;
  return make('span', { className: `forward ${isGood ? 'good' : 'bad'}` }, `→ forwarded: ${words}`);
}

function forwardedAnswer({ body }: ForwardedCallback): HTMLElement[] {
  if (body === '') return [];
  return [make('h4', {}, 'Answer of the server it was forwarded to'), block(body, 'Its answer')];
}

/** A scrollable block, also by keyboard. */
function block(text: string, label: string): HTMLElement {
  return make('pre', { tabIndex: 0, role: 'group', 'aria-label': label }, text);
}

/** Formatted JSON; anything else unchanged. */
export function prettyOf(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function headersTable(headers: Readonly<Record<string, string>>): HTMLElement {
  return make(
    'table',
    { className: 'headers' },
    make(
      'tbody',
      {},
      ...Object.entries(headers).map(([name, value]) =>
        make('tr', {}, make('th', { scope: 'row' }, name), make('td', { dir: 'auto' }, value)),
      ),
    ),
  );
}
