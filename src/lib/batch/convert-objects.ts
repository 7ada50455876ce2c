/*
 * Batch: converts the TIFFs under a prefix in R2, on this machine. It does for objects what
 * `collection` does for files, with the same engine (`collection/convert-items.ts`), events and
 * views, and it stores JPEGs as a task does: under the same keys, conditions and metadata.
 *
 * Terms. An *item* is one object. *Planning* an item finds out, before its turn, whether its
 * JPEGs are up to date, and otherwise how it is converted. A *reservation* keeps a free key for one
 * TIFF of the run. A TIFF is *brought* when it has been downloaded. A key is *free* if the list
 * shows that no object has it: it is not asked for, and the upload's condition (`If-None-Match`)
 * fails if one has appeared since; then the keys are looked up.
 *
 * How data passes:
 *
 *   find-tiffs        lists the objects under the prefix, or looks up a list of keys (`key-list`);
 *                     patterns and the shard (`shards`, `engine-shard`) choose among them
 *   plan-object       one HEAD if the list has the JPEG; if that is not up to date, the TIFF's
 *                     directories by ranges, or all of a small TIFF
 *   key-reservations  two TIFFs that want the same key: the first in order gets it
 *   disk-room         lets a download start only when TIFF and JPEGs fit on the disk
 *   brought-tiff      downloads the TIFF to a folder of its own, and removes that afterwards
 *
 * Then the JPEGs are made as in a collection and uploaded as in a task, the first page last.
 * Metadata have `arke-tiff-batch` in place of task and batch, so a run that was interrupted and
 * resumed leaves the same objects as an uninterrupted one. The bucket is the only record.
 *
 * Nothing here calls back: with `--report-to`, `reconcile` looks before, and each
 * success is sent as soon as its JPEG is uploaded (`onUploaded`).
 *
 * Must never happen: a foreign object or a TIFF overwritten, not even with `--force`; two TIFFs
 * with one JPEG; a full disk because too much was brought; one bad TIFF that ends the run.
 */
import { convertItems } from '../collection/convert-items.ts';
import type { CollectionEvent } from '../collection/events.ts';
import type { PlanningTools } from '../collection/item.ts';
import { freeBytes } from '../convert/plan/resources.ts';
import { outputKeys } from '../keys.ts';
import type { ListedObject } from '../storage/list-objects.ts';
import { createDiskRoom } from './disk-room.ts';
import { reserveKeys } from './key-reservations.ts';
import type { BatchOptions } from './options.ts';
import { planObject } from './plan-object.ts';

/**
 * How many TIFFs are planned at once: each takes a few requests of 50 ms or more, and hardly any
 * bytes.
 */
const PLANS_AT_ONCE = 16;

/**
 * Converts the TIFFs of a bucket on this machine, as `runCollection` converts local ones: downloads
 * each one shortly before its turn, converts it, and stores its JPEGs where a task would, with the
 * same provenance. Skips what that provenance shows to be up to date. The disk holds at most twice
 * as many TIFFs as jobs (three with one job). Sends no callbacks.
 *
 * The run ends when its events are no longer read. Throws `FileError` if no temporary folder can be
 * made, but never because of a single file.
 */
export async function* convertObjects(
  tiffs: readonly ListedObject[],
  options: BatchOptions,
): AsyncGenerator<CollectionEvent, void> {
  const reservations = reserveKeys(tiffs.map(({ key }) => key));
  const run = { options, reservations, room: createDiskRoom(freeBytes) };
  const items = tiffs.map((tiff) => ({
    input: tiff.key,
    output: outputKeys(tiff.key)[0],
    sourceBytes: tiff.size,
    plan: (tools: PlanningTools) => planObject(tiff, run, tools),
  }));
  yield* convertItems(items, { ...options, plansAtOnce: PLANS_AT_ONCE }, async () => {});
}
