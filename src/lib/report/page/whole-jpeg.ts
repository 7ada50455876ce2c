import { make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import { sizeOf } from '../../browser/words.ts';
import type { FileRow, PageRow } from '../page-data.ts';

/** A link to a page's JPEG, which is loaded on demand. */
export function wholeJpeg(file: FileRow, page: PageRow): HTMLElement {
  const box = make('div', { className: 'whole' });
  if (!page.link) {
    box.append(make('p', {}, 'The JPEG is not on the machine that wrote this report.'));
    return box;
  }
  const { link } = page;
  const button = make('button', { type: 'button' }, `Show the whole JPEG (${sizeOf(page.bytes)})`);
  const open = make('a', { href: link, target: '_blank', rel: 'noreferrer' }, 'Open in a new tab');
  button.addEventListener('click', () => {
    const picture = make('img', { src: link, alt: 'The whole JPEG' });
    const pane = make(
      'div',
      { className: 'pane', tabIndex: 0, role: 'region', 'aria-label': 'The whole JPEG, at 100 %' },
      picture,
    );
    const words = make('p', { role: 'status' }, 'Loading …');
    picture.addEventListener('load', () => {
      words.textContent =
        'The JPEG itself, at 100 %, as this browser shows it. The TIFF is not shown: browsers cannot display it.';
      const { left = 0, top = 0 } = file.shown ?? {};
      pane.scrollTo(left, top);
      pane.focus({ preventScroll: true });
    });
    picture.addEventListener('error', () => {
      pane.remove();
      words.replaceChildren(
        'The JPEG is no longer where it was when this report was written: ',
        nameText(page.output),
      );
    });
    box.replaceChildren(words, pane);
  });
  box.append(button, ' ', open);
  return box;
}
