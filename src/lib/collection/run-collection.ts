import type { LocalConversion } from '../convert/local-files.ts';
import { messageOf } from '../errors.ts';
import { convertItems } from './convert-items.ts';
import type { CollectionEvent } from './events.ts';
import { localItem } from './local/local-item.ts';
import { lookAtSources } from './local/sources.ts';
import type { CollectionOptions } from './options.ts';
import { openRecords } from './record/records.ts';

/**
 * Converts many local TIFFs: as many at once as jobs and memory allow, skipping those whose JPEGs are up
 * to date, and says what happens. A file that fails is told and ends nothing but itself. When the signal
 * aborts, what is under way is dropped, and the last event says how many files are left.
 *
 * Whoever stops reading the events ends the run. Throws `FileError` when there can be no temporary
 * folder, and for nothing that can happen to a file.
 */
export async function* runCollection(
  conversions: readonly LocalConversion[],
  options: CollectionOptions,
): AsyncGenerator<CollectionEvent, void> {
  const { dryRun, keepRecord } = options;
  const sources = await lookAtSources(
    conversions.map(({ input, source }) => source?.path ?? input),
  );
  const records = keepRecord ? openRecords({ tidy: !dryRun }) : undefined;
  const items = conversions.map((one) => localItem(one, { options, records, sources }));
  yield* convertItems(items, options, async (warn) => {
    const failures = dryRun ? [] : ((await records?.compact()) ?? []);
    for (const failure of failures) warn('RECORD_NOT_COMPACTED', messageOf(failure));
  });
}
