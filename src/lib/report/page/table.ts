import { byId } from '../../browser/dom.ts';
import { countOf, numberOf } from '../../browser/words.ts';
import type { PageData } from '../page-data.ts';
import { columnsOf } from './columns.ts';
import { type Filter, matching } from './filter.ts';
import { showFilters } from './filters.ts';
import { showHeadings } from './headings.ts';
import { type Order, ranksByName, type SortKey, sorted } from './order.ts';
import { openRows, type RowsOptions } from './rows.ts';

/**
 * Shows the table of all files; returns a function that redraws its rows when pictures have
 * arrived.
 */
export function showTable(data: PageData, open: RowsOptions['open']): () => void {
  const { files, totals } = data;
  const measured = totals.compared > 0;
  const columns = columnsOf(measured, data);
  const ranks = ranksByName(files);
  const rows = openRows({ files, columns, open });
  let filter: Filter = {};
  let order: Order = { key: measured ? 'ssim' : 'status', descending: false };
  const show = () => {
    const places = matching(files, filter);
    showOrder(order);
    rows.show(sorted(files, places, order, ranks));
    byId('count').textContent =
      places.length === files.length
        ? `${countOf(files.length, 'file')}.`
        : `${numberOf(places.length)} of ${countOf(files.length, 'file')}.`;
  };
  const sort = (key: SortKey) => {
    order = { key, descending: order.key === key && !order.descending };
    show();
  };
  const showOrder = showHeadings(columns, sort);
  showFilters(data, (wanted) => {
    filter = wanted;
    show();
  });
  show();
  return rows.refresh;
}
