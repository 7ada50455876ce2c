import { button, byId, make } from '../../browser/dom.ts';
import type { PageData } from '../page-data.ts';
import type { Review, Reviews } from './reviews.ts';

/** A file with its review. */
type ReviewedFile = Review & { readonly name: string };

/** Offers the reviews as files: of what was reviewed, marked or has a note. */
export function showExport({ files, folder }: PageData, reviews: Reviews): void {
  const reviewed = () =>
    files.flatMap((file, place): ReviewedFile[] => {
      const review = reviews.of(place);
      const { reviewed, looksWrong, note } = review;
      return reviewed || looksWrong || note ? [{ name: `${folder}${file.name}`, ...review }] : [];
    });
  const lost = make('strong', { role: 'status' });
  reviews.onChange(() => {
    lost.textContent = reviews.areKept()
      ? ''
      : ' This browser does not keep the reviews: save them before you close the page.';
  });
  byId('review-export').append(
    button('Save reviews as CSV', () => save('reviews.csv', 'text/csv', csvOf(reviewed()))),
    ' ',
    button('as JSON', () =>
      save('reviews.json', 'application/json', `${JSON.stringify(reviewed(), undefined, 2)}\n`),
    ),
    lost,
  );
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href));
}

/** With a byte order mark, which Excel needs. */
function csvOf(reviewed: readonly ReviewedFile[]): string {
  const lines = reviewed.map(({ name, reviewed, looksWrong, note }) => [
    name,
    reviewed ? 'yes' : '',
    looksWrong ? 'yes' : '',
    note,
  ]);
  const cells = [['input', 'reviewed', 'looks_wrong', 'note'], ...lines];
  return `\uFEFF${cells.map((line) => `${line.map(cellOf).join(',')}\r\n`).join('')}`;
}

/** Text that a spreadsheet would read as a formula is preceded by an apostrophe. */
function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
