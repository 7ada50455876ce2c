import { byId, make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import { countOf, numberOf } from '../../browser/words.ts';
import type { FileRow, PageData, SampledFile } from '../page-data.ts';
import { statusMark, thumbnail } from './file-parts.ts';
import type { LookedAt } from './looked-at.ts';

/** Shown at first: as many as a person reviews without a break. */
const AT_FIRST = 12;

/** What the sample needs besides the data. */
export interface SampleOptions {
  readonly lookedAt: LookedAt;
  /** Opens a file, with the others to step through. */
  open(file: number, among: readonly number[]): void;
}

/** Shows the files to review; returns a function that redraws them when pictures have arrived. */
export function showSample({ files, sample }: PageData, options: SampleOptions): () => void {
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
    const done = among.filter((file) => options.lookedAt.has(file)).length;
    byId('sample-progress').textContent =
      `${numberOf(done)} of ${numberOf(among.length)} reviewed.`;
  };
  more.addEventListener('click', () => {
    shown = sample.length;
    show();
    list.querySelectorAll<HTMLElement>('button')[AT_FIRST]?.focus();
  });
  options.lookedAt.onChange(() => {
    show();
    tell();
  });
  byId('sample-words').textContent =
    `${countOf(sample.length, 'file')} of ${numberOf(files.length)}, a random sample: failures, warnings, low similarity and rare kinds are more likely. The same files always give the same sample.`;
  show();
  tell();
  return show;
}

function cardOf(
  file: FileRow,
  { file: place, reasons }: SampledFile,
  among: readonly number[],
  { lookedAt, open }: SampleOptions,
): HTMLElement {
  const isLookedAt = lookedAt.has(place);
  const button = make(
    'button',
    { type: 'button', className: 'card' },
    thumbnail(file, place),
    make(
      'span',
      { className: 'about' },
      nameText(file.name),
      ...(file.status === 'failed' ? [statusMark(file)] : []),
      make('span', { className: 'why' }, reasons.length > 0 ? reasons.join(', ') : 'random'),
      ...(isLookedAt ? [make('span', { className: 'seen' }, '✓ reviewed')] : []),
    ),
  );
  button.addEventListener('click', () => open(place, among));
  return make('li', {}, button);
}
