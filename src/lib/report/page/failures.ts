import { button, byId, make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import { countOf, numberOf } from '../../browser/words.ts';
import type { PageData } from '../page-data.ts';
import type { Open } from './detail.ts';
import { whyFailed } from './file-parts.ts';

/** As many as a person reads; the table has all. */
const MOST_SHOWN = 100;

/** Lists the failed files with their reasons; each opens its file. */
export function showFailures({ files, folder }: PageData, open: Open): void {
  const failed = [...files.keys()].filter((place) => files[place]?.status === 'failed');
  if (failed.length === 0) return;
  byId('failures').hidden = false;
  byId('failures-count').textContent = countOf(failed.length, 'file');
  const items = failed.slice(0, MOST_SHOWN).flatMap((place) => {
    const file = files[place];
    if (!file) return [];
    const opener = button('', () => open(place, failed), { className: 'open' });
    opener.append(nameText(file.name));
    return [make('li', {}, opener, ' ', ...whyFailed(file, folder))];
  });
  if (failed.length > MOST_SHOWN)
    items.push(
      make('li', {}, `… and ${numberOf(failed.length - MOST_SHOWN)} more, in the table below`),
    );
  byId('failures-list').append(...items);
}
