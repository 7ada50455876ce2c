/** The script of a report's page: reads the data that the page holds, and shows them. */

import { byId } from '../../browser/dom.ts';
import type { PageData } from '../page-data.ts';
import { openDetails } from './detail.ts';
import { showExport } from './export-reviews.ts';
import { showFailures } from './failures.ts';
import { keepInStep } from './review-fields.ts';
import { openReviews } from './reviews.ts';
import { showSample } from './sample-cards.ts';
import { showTable } from './table.ts';
import { showTotals } from './totals.ts';
import { showUnread } from './unread.ts';

const data = JSON.parse(byId('data').textContent ?? '') as PageData;
const reviews = openReviews(`arke-tiff reviews ${data.startedAt} ${data.files.length}`);
keepInStep(reviews);
const open = openDetails(data, reviews);
showUnread(data);
showTotals(data);
showFailures(data, open);
showExport(data, reviews);
const refreshers = [showSample(data, { reviews, open }), showTable(data, open)];
// The pictures come after this script, and some of them are in sight.
document.addEventListener('DOMContentLoaded', () => {
  for (const refresh of refreshers) refresh();
});
