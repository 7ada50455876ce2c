import { make } from '../../browser/dom.ts';
import type { FileRow, PageData, Status } from '../page-data.ts';
import { pictureOf } from './pictures.ts';

/** A status in words, with a sign for those who do not see its colour. */
const STATUS: Readonly<Record<Status, string>> = {
  converted: '✓ converted',
  verified: '✓ verified',
  skipped: '→ up to date',
  failed: '✗ failed',
};

/** How a file ended. */
export function statusMark({ status, existing, verified }: FileRow): HTMLElement {
  const skipped = existing ? '→ already there' : verified && '→ verified before';
  const words = skipped ?? STATUS[status];
  return make('span', { className: `status ${status}` }, words);
}

/** A warning in words; the code is its tooltip. */
export function warningMark(code: string, labels: PageData['labels']): HTMLElement {
  return make('span', { className: 'warning', title: code }, labels[code] ?? code);
}

/** Why a file failed, or its warnings. */
export function remarksOn(file: FileRow, { labels, folder }: PageData): HTMLElement[] {
  if (file.error) return whyFailed(file, folder);
  return file.warnings.map((code) => warningMark(code, { ...labels, ...file.labels }));
}

/** Why a file failed: the first sentence, without the name that stands beside it. */
export function whyFailed({ name, error }: FileRow, folder: string): HTMLElement[] {
  if (!error) return [];
  const { code, message } = error;
  const [first = message] = /^.*?[.!?](?=\s+[A-Z"]|$)/s.exec(message) ?? [];
  const named = `"${folder}${name}" `;
  const text = first.startsWith(named) ? first.slice(named.length) : first;
  return [make('span', { className: 'reason', dir: 'auto', title: code }, text)];
}

/** A file's thumbnail, or an empty place. Decorative: the name is beside it. */
export function thumbnail(file: FileRow, place: number): HTMLElement {
  const src = file.hasThumbnail ? pictureOf('thumbnail', place) : undefined;
  return src
    ? make('img', { className: 'thumbnail', src, alt: '' })
    : make('span', { className: 'thumbnail none', 'aria-hidden': 'true' });
}
