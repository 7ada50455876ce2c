import { byId, make } from '../../browser/dom.ts';
import type { Column } from './columns.ts';
import type { Order, SortKey } from './order.ts';

/** Builds the headings: buttons that sort. Returns a function that shows the current order. */
export function showHeadings(
  columns: readonly Column[],
  sort: (key: SortKey) => void,
): (order: Order) => void {
  const headings = columns.map(({ label, key, className }) => {
    if (!key) return { cell: make('th', { scope: 'col', className }, label) };
    const button = make('button', { type: 'button' }, label);
    button.addEventListener('click', () => sort(key));
    return { key, cell: make('th', { scope: 'col', className, 'data-label': label }, button) };
  });
  byId('columns').append(...headings.map(({ cell }) => cell));
  return (order) => {
    for (const { key, cell } of headings) {
      if (!key) continue;
      const direction = order.descending ? 'descending' : 'ascending';
      cell.setAttribute('aria-sort', key === order.key ? direction : 'none');
    }
  };
}
