import { button, byId, make } from '../../lib/browser/dom.ts';
import { nameText } from '../../lib/browser/name-text.ts';
import { countOf, numberOf, sizeOf } from '../../lib/browser/words.ts';
import type { TaskSummary } from '../api.ts';
import type { Chosen } from './chosen-files.ts';
import type { Model } from './model.ts';
import type { Say } from './said.ts';
import { failureMessage, upload } from './server.ts';

const MEBIBYTE = 1024 ** 2;

/** Simultaneous uploads. */
const AT_ONCE = 2;

/** Uploads chosen files one after the other, and shows those in progress or refused. */
export function openUploads(
  model: Model,
  settingsNow: () => TaskSummary['settings'],
  say: Say,
): (chosen: Chosen) => Promise<void> {
  const list = byId('uploads');
  let waiting: Promise<unknown>[] = [];
  return async ({ files, leftOut }) => {
    if (leftOut > 0 || files.length === 0) list.append(leftOutLine(files.length, leftOut));
    const entries = files.map((file) => ({ file, line: lineFor(file) }));
    list.append(...entries.map(({ line }) => line.element));
    const settings = settingsNow();
    const queue = entries.values();
    let taken = 0;
    const work = async () => {
      for (const { file, line } of queue) if (await send(file, line, settings, model)) taken += 1;
    };
    const before = waiting;
    waiting = Array.from({ length: AT_ONCE }, (_, lane) =>
      Promise.resolve(before[lane]).then(work),
    );
    await Promise.all(waiting);
    say(outcome(taken, files.length - taken));
  };
}

function outcome(taken: number, refused: number): string {
  const words = [
    ...(taken > 0 ? [`${countOf(taken, 'TIFF')} added.`] : []),
    ...(refused > 0 ? [`${countOf(refused, 'file')} refused.`] : []),
  ];
  return words.join(' ') || 'No TIFF found.';
}

/** A file being uploaded. */
interface Line {
  readonly element: HTMLElement;
  sent(share: number): void;
  refuse(words: string): void;
}

function lineFor({ name, size }: File): Line {
  const bar = make('progress', { max: 1, value: 0, 'aria-label': `${name} on its way` });
  const element = make('li', {}, nameText(name), ' ', make('small', {}, sizeOf(size)), ' ', bar);
  return {
    element,
    sent: (share) => {
      bar.value = share;
    },
    refuse: (words) => {
      bar.remove();
      element.className = 'refused';
      element.append(make('span', { className: 'why', dir: 'auto' }, words), dismissFor(element));
    },
  };
}

function leftOutLine(found: number, leftOut: number): HTMLElement {
  const element = make('li', { className: 'refused' });
  const others = `${countOf(leftOut, 'file')} not named .tif or .tiff skipped.`;
  const words = leftOut > 0 ? others : 'It contains no files.';
  element.append(
    make('span', { className: 'why' }, found > 0 ? words : `No TIFF found. ${words}`),
    dismissFor(element),
  );
  return element;
}

function dismissFor(element: HTMLElement): HTMLElement {
  return button('Dismiss', () => {
    element.remove();
    byId('choose-files').focus();
  });
}

/** True if the server accepted the file as a task. */
async function send(
  file: File,
  line: Line,
  settings: TaskSummary['settings'],
  model: Model,
): Promise<boolean> {
  try {
    refuseTooLarge(file, model.state()?.max_upload_mb);
    model.learn(await upload(file, settings, (sent) => line.sent(sent / Math.max(file.size, 1))));
    line.element.remove();
    return true;
  } catch (error) {
    line.refuse(failureMessage(error));
    return false;
  }
}

/** Checked before the upload, which would be in vain. */
function refuseTooLarge({ size }: File, limit: number | undefined): void {
  if (limit === undefined || size <= limit * MEBIBYTE) return;
  throw new Error(`It is larger than ${numberOf(limit)} MB, the limit; --max-upload-mb raises it.`);
}
