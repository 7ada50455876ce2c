import { button, byId, make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import { sliderOf } from '../../browser/slider.ts';
import { numberOf } from '../../browser/words.ts';
import type { FileRow, PageData } from '../page-data.ts';
import { facts, notesOf, pagesTable } from './facts.ts';
import { statusMark } from './file-parts.ts';
import { pictureOf } from './pictures.ts';
import { reviewFields } from './review-fields.ts';
import type { Reviews } from './reviews.ts';
import { wholeJpeg } from './whole-jpeg.ts';

/** Both pictures have the same pixels. */
const PIXELS = { isExact: true, hasDifference: true };

const ZOOMS = [1, 2, 4, 8, 16, 32];

/** As many zooms as a narrow screen has room for. */
const OFFERED = 4;

/** In pixels: smaller pictures are enlarged at first. */
const ROOM = 320;

/** The zooms of a picture, and the index of the largest at which it has room. */
function zoomsFor(width: number, height: number): { zooms: readonly number[]; start: number } {
  const fitting = ZOOMS.findLastIndex((zoom) => Math.max(width, height) * zoom <= ROOM);
  const first = Math.max(0, fitting + 1 - OFFERED);
  return { zooms: ZOOMS.slice(first, first + OFFERED), start: Math.max(0, fitting) - first };
}

/** Opens a file over the page, with the others to step through. */
export type Open = (file: number, among: readonly number[]) => void;

/** Prepares the dialog that shows a file. */
export function openDetails({ files, labels, limits }: PageData, reviews: Reviews): Open {
  const dialog = byId<HTMLDialogElement>('detail');
  const show = (place: number, among: readonly number[]) => {
    const file = files[place];
    if (!file) return;
    const at = among.indexOf(place);
    const step = (by: number) => {
      const next = among[at + by];
      if (next === undefined) return;
      show(next, among);
      const button = dialog.querySelector<HTMLButtonElement>(by < 0 ? '.previous' : '.next');
      if (button?.disabled) byId('detail-title').focus();
      else button?.focus();
    };
    dialog.replaceChildren(
      headOf(file, { at, count: among.length, step, close: () => dialog.close() }),
      reviewFields(place, file.name, reviews),
      ...(file.error ? [errorOf(file.error)] : []),
      ...pictures(file, place),
      facts(file, limits),
      ...notesOf(file, labels),
      ...pagesTable(file),
    );
    dialog.scrollTop = 0;
    if (!dialog.open) dialog.showModal();
  };
  // A click beside it closes it, like Escape.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  return show;
}

interface ListPosition {
  readonly at: number;
  readonly count: number;
  step(by: number): void;
  close(): void;
}

function headOf(file: FileRow, { at, count, step, close }: ListPosition): HTMLElement {
  const previous = button('← Previous', () => step(-1), {
    className: 'previous',
    disabled: at === 0,
  });
  const next = button('Next →', () => step(1), { className: 'next', disabled: at === count - 1 });
  return make(
    'div',
    { className: 'head' },
    make('h2', { id: 'detail-title', tabIndex: -1 }, nameText(file.name)),
    make(
      'p',
      { className: 'steps' },
      ...[statusMark(file), previous],
      make('span', {}, `${numberOf(at + 1)} of ${numberOf(count)}`),
      ...[next, button('Close', close, { className: 'close' })],
    ),
  );
}

function errorOf({ code, message }: { readonly code: string; readonly message: string }) {
  return make('p', { className: 'said bad', dir: 'auto', title: code }, message);
}

/** Both pictures if the page has them, and a link to the JPEG; says which is which. */
function pictures(file: FileRow, place: number): HTMLElement[] {
  const { shown } = file;
  const page = file.pages[shown?.page ?? file.worst];
  if (!page) return [];
  const before = pictureOf('before', place);
  const after = pictureOf('after', place);
  if (!shown || !before || !after)
    return [
      make(
        'p',
        { className: 'said' },
        'This report holds no piece of this TIFF to compare: it has those of the most doubtful files that could be shown.',
      ),
      wholeJpeg(file, page),
    ];
  const { left, top, width, height, isWorst } = shown;
  const where = isWorst ? 'where the JPEG is least like the TIFF' : 'from the middle';
  const which = file.pages.length > 1 ? ` of page ${page.page}` : '';
  const words =
    `${numberOf(width)} × ${numberOf(height)} pixels${which}, ${where} ` +
    `(${numberOf(left)} from the left, ${numberOf(top)} from the top). ` +
    'TIFF on the left, rendered losslessly; JPEG on the right, pixel for pixel.';
  return [
    make(
      'figure',
      {},
      sliderOf({ before, after, width, height }, { ...PIXELS, ...zoomsFor(width, height) }),
      make('figcaption', {}, words),
    ),
    wholeJpeg(file, page),
  ];
}
