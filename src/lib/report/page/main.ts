/** The script of a report's page: reads the data that the page holds, and shows them. */

import { byId } from '../../browser/dom.ts';
import type { PageData } from '../page-data.ts';
import { openDetails } from './detail.ts';
import { openLookedAt } from './looked-at.ts';
import { showSample } from './sample-cards.ts';
import { showTable } from './table.ts';
import { showTotals } from './totals.ts';
import { showUnread } from './unread.ts';

const data = JSON.parse(byId('data').textContent ?? '') as PageData;
const lookedAt = openLookedAt(`arke-tiff looked at ${data.startedAt} ${data.files.length}`);
const open = openDetails(data.files, lookedAt);
showUnread(data);
showTotals(data);
const refreshers = [showSample(data, { lookedAt, open }), showTable(data, open)];
// The pictures come after this script, and some of them are in sight.
document.addEventListener('DOMContentLoaded', () => {
  for (const refresh of refreshers) refresh();
});
