/*
 * Collection: many local TIFFs become JPEGs in one run. The room knows files and `convert`, but no
 * task, storage or callback. `batch` runs the same engine over a bucket.
 *
 * Terms. An *item* is one TIFF of the run (`item.ts`): it says what is to be done with it, and does
 * it. The *engine* (`convert-items.ts`, `run-items.ts`) knows items only; `local/` has those that
 * are files. The *record* is what is known of earlier runs. *Events* (`events.ts`) are all that
 * progress, reports and tests see of a run.
 *
 * Before the run, `inputs/` makes paths, patterns and lists into files, each once, in natural
 * order; it follows links to files, not to folders, and tells what it cannot read. `outputs.ts`
 * names the JPEGs: two that would meet on any file system are kept apart, and no output has the
 * name of an input.
 *
 * In the run each item is planned some time before its turn (`plan-ahead.ts`), decoding nothing:
 * is it up to date, can its outputs be written, what is its plan, as if it were alone? Items start
 * in order, as many as jobs and memory allow (`admission.ts`): their predicted peaks must fit
 * together. A large one may be overtaken by 16 smaller ones, and then everybody waits for it. So a
 * plan never depends on what else runs, and neither does the JPEG. Items that lie elsewhere are
 * brought some time before their turn, and their JPEGs are taken away afterwards (`prefetch.ts`);
 * what lies here is bounded by the jobs.
 *
 * Conversion processes (`converters.ts`) are used for one file after the other. One that dies or
 * has met a damaged TIFF is replaced; one that keeps much memory is ended.
 *
 * The record (`record/`) is `.arke-tiff.jsonl`, one in each folder of JPEGs, a line for each: sizes
 * and times (or hashes) of both files, settings, versions. A line is appended before its JPEG gets
 * its name: a process that is killed leaves no JPEG that nobody knows. A JPEG that differs from its
 * line is not ours, and is replaced only with `--force`. Temporary names tell machine and process,
 * so that the next run can remove what killed ones have left.
 *
 * Must never happen: a TIFF that is written to; a JPEG under its name before it is whole; one bad
 * file that ends the run; an order of events that depends on who reads them.
 */
import type { LocalConversion } from '../convert/local-files.ts';
import { messageOf } from '../errors.ts';
import { convertItems } from './convert-items.ts';
import type { CollectionEvent } from './events.ts';
import { localItem } from './local/local-item.ts';
import { lookAtSources } from './local/sources.ts';
import type { CollectionRunOptions } from './options.ts';
import { openRecords } from './record/records.ts';

/**
 * Converts many local TIFFs: as many at once as jobs and memory permit, skipping those whose JPEGs
 * are up to date, and reports events. A file that fails affects no other. If the signal aborts,
 * unfinished files are discarded, and the last event says how many remain.
 *
 * A reader that stops reading the events ends the run. Throws `FileError` if there can be no
 * temporary folder, and nothing for what happens to files.
 */
export async function* runCollection(
  conversions: readonly LocalConversion[],
  options: CollectionRunOptions,
): AsyncGenerator<CollectionEvent, void> {
  const { dryRun, keepRecord } = options;
  const sources = await lookAtSources(
    conversions.map(({ input, source }) => source?.path ?? input),
  );
  const optional = keepRecord === 'if possible';
  const records = keepRecord ? openRecords({ tidy: !dryRun && !optional, optional }) : undefined;
  const items = conversions.map((one) => localItem(one, { options, records, sources }));
  yield* convertItems(items, options, async (warn) => {
    const failures = dryRun ? [] : ((await records?.compact()) ?? []);
    for (const failure of failures) warn('RECORD_NOT_COMPACTED', messageOf(failure));
  });
}
