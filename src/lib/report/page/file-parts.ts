import { make } from '../../browser/dom.ts';
import type { FileRow, Status } from '../page-data.ts';
import { pictureOf } from './pictures.ts';

/** A status in words, with a sign for those who do not see its colour. */
const STATUS: Readonly<Record<Status, string>> = {
  converted: '✓ converted',
  skipped: '→ up to date',
  failed: '✗ failed',
};

/** How a file ended. */
export function statusMark({ status }: FileRow): HTMLElement {
  return make('span', { className: `status ${status}` }, STATUS[status]);
}

/** The codes of a file's warnings. */
export function warningMarks({ warnings }: FileRow): HTMLElement[] {
  return warnings.map((code) => make('span', { className: 'warning' }, code));
}

/** A file's thumbnail, or an empty place. Decorative: the name is beside it. */
export function thumbnail(file: FileRow, place: number): HTMLElement {
  const src = file.hasThumbnail ? pictureOf('thumbnail', place) : undefined;
  return src
    ? make('img', { className: 'thumbnail', src, alt: '' })
    : make('span', { className: 'thumbnail none', 'aria-hidden': 'true' });
}
