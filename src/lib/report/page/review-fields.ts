import { make } from '../../browser/dom.ts';
import { visible } from '../../browser/words.ts';
import type { Review, Reviews } from './reviews.ts';

/**
 * The fields for a file's review. There may be several of them for one file, in its card and in the
 * dialog: `keepInStep` keeps them equal.
 */
export function reviewFields(file: number, name: string, reviews: Reviews): HTMLElement {
  const tick = (key: 'reviewed' | 'looksWrong', text: string) => {
    const box = make('input', { type: 'checkbox', name: key });
    box.addEventListener('input', () => reviews.set(file, { [key]: box.checked }));
    return make('label', {}, box, ` ${text}`);
  };
  const note = make('input', { type: 'text', name: 'note', placeholder: 'Note', maxLength: 500 });
  note.setAttribute('aria-label', 'Note');
  note.addEventListener('input', () => reviews.set(file, { note: note.value }));
  const fields = make(
    'div',
    { className: 'review', role: 'group', 'aria-label': `Review of ${visible(name)}` },
    tick('reviewed', 'Reviewed'),
    tick('looksWrong', 'Looks wrong'),
    note,
  );
  fields.dataset.file = String(file);
  show(fields, reviews.of(file));
  return fields;
}

/** Shows each change in all fields of its file. */
export function keepInStep(reviews: Reviews): void {
  reviews.onChange((file) => {
    for (const fields of document.querySelectorAll<HTMLElement>(`.review[data-file="${file}"]`))
      show(fields, reviews.of(file));
  });
}

function show(fields: HTMLElement, { reviewed, looksWrong, note }: Review): void {
  fields.classList.toggle('wrong', looksWrong);
  for (const field of fields.querySelectorAll('input')) {
    if (field.name === 'reviewed') field.checked = reviewed;
    else if (field.name === 'looksWrong') field.checked = looksWrong;
    else if (field.value !== note) field.value = note;
  }
}
