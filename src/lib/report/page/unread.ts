import { byId, make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import { countOf, numberOf } from '../../browser/words.ts';
import type { PageData } from '../page-data.ts';

/** As many as a person reads. */
const MOST_SHOWN = 100;

/** `1 folder and 2 files could not be read`; undefined where there are none. */
export function unreadWords({ unread }: PageData): string | undefined {
  if (unread.length === 0) return undefined;
  const counts = (['folder', 'file'] as const)
    .map((kind) => [unread.filter((one) => one.kind === kind).length, kind] as const)
    .filter(([count]) => count > 0);
  return `${counts.map(([count, kind]) => countOf(count, kind)).join(' and ')} could not be read`;
}

/** Shows first what could not be read. */
export function showUnread(data: PageData): void {
  const words = unreadWords(data);
  if (words === undefined) return;
  const { unread } = data;
  byId('unread').hidden = false;
  byId('unread-words').append(`${words}.`);
  const items = unread
    .slice(0, MOST_SHOWN)
    .map(({ path, message }) => make('li', {}, nameText(path), `: ${message}`));
  if (unread.length > MOST_SHOWN)
    items.push(make('li', {}, `… and ${numberOf(unread.length - MOST_SHOWN)} more`));
  byId('unread-paths').append(...items);
}
