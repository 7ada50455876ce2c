import { byId, make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import { countOf, numberOf } from '../../browser/words.ts';
import type { FileRow, PageData, SampledFile } from '../page-data.ts';
import { thumbnail } from './file-parts.ts';
import { reviewFields } from './review-fields.ts';
import type { Reviews } from './reviews.ts';

/** Shown at first: as many as a person reviews without a break. */
const AT_FIRST = 12;

/** What the sample needs besides the data. */
export interface SampleOptions {
  readonly reviews: Reviews;
  /** Opens a file, with the others to step through. */
  open(file: number, among: readonly number[]): void;
}

/** Shows the files to review; returns a function that redraws them when pictures have arrived. */
export function showSample({ files, sample }: PageData, options: SampleOptions): () => void {
  byId('spot-check').hidden = sample.length === 0;
  const withJpegs = files.filter(({ pages }) => pages.length > 0).length;
  let shown = AT_FIRST;
  const list = byId('sample');
  const more = byId<HTMLButtonElement>('sample-more');
  const among = sample.map(({ file }) => file);
  const show = () => {
    list.replaceChildren(
      ...sample.slice(0, shown).flatMap((sampled) => {
        const file = files[sampled.file];
        return file ? [cardOf(file, sampled, among, options)] : [];
      }),
    );
    more.hidden = shown >= sample.length;
    more.textContent = `Show all ${numberOf(sample.length)}`;
  };
  const tell = () => {
    const done = among.filter((file) => options.reviews.of(file).reviewed).length;
    byId('sample-progress').textContent =
      `${numberOf(done)} of ${numberOf(among.length)} reviewed.`;
  };
  const showAll = () => {
    shown = sample.length;
    show();
  };
  addEventListener('beforeprint', showAll);
  more.addEventListener('click', () => {
    showAll();
    list.querySelectorAll<HTMLElement>('button')[AT_FIRST]?.focus();
  });
  options.reviews.onChange(tell);
  byId('sample-words').textContent =
    `${countOf(sample.length, 'file')} of ${numberOf(withJpegs)} with JPEGs, a random sample: warnings, low similarity and rare kinds are more likely. The same files always give the same sample.`;
  show();
  tell();
  return show;
}

function cardOf(
  file: FileRow,
  { file: place, reasons }: SampledFile,
  among: readonly number[],
  { reviews, open }: SampleOptions,
): HTMLElement {
  const button = make(
    'button',
    { type: 'button', className: 'card' },
    thumbnail(file, place),
    make(
      'span',
      { className: 'about' },
      nameText(file.name),
      make('span', { className: 'why' }, reasons.length > 0 ? reasons.join(', ') : 'random'),
    ),
  );
  button.addEventListener('click', () => open(place, among));
  return make('li', {}, button, reviewFields(place, file.name, reviews));
}
