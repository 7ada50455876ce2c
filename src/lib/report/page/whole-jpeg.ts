import { make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import { sizeOf } from '../../browser/words.ts';
import type { FileRow, PageRow } from '../page-data.ts';

/** A way to the JPEG of a page itself, which is loaded only when somebody asks for it. */
export function wholeJpeg(file: FileRow, page: PageRow): HTMLElement {
  const box = make('div', { className: 'whole' });
  if (!page.link) {
    box.append(make('p', {}, 'The JPEG is not on the machine that wrote this report.'));
    return box;
  }
  const { link } = page;
  const button = make('button', { type: 'button' }, `Show the whole JPEG (${sizeOf(page.bytes)})`);
  const open = make('a', { href: link, target: '_blank', rel: 'noreferrer' }, 'Open it by itself');
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
        'The JPEG itself, at 100 %, as this browser shows it. The TIFF is not beside it: browsers show none.';
      const { left = 0, top = 0 } = file.shown ?? {};
      pane.scrollTo(left, top);
      pane.focus({ preventScroll: true });
    });
    picture.addEventListener('error', () => {
      pane.remove();
      words.replaceChildren(
        'The JPEG is not where it was when this report was written: ',
        nameText(page.output),
      );
    });
    box.replaceChildren(words, pane);
  });
  box.append(button, ' ', open);
  return box;
}
