import { convertItems } from '../collection/convert-items.ts';
import type { CollectionEvent } from '../collection/events.ts';
import type { LookingTools } from '../collection/item.ts';
import { freeBytes } from '../convert/plan/resources.ts';
import { outputKeys } from '../keys.ts';
import type { ListedObject } from '../storage/list-objects.ts';
import { removeAbandonedWorkspaces } from '../workspace.ts';
import { claimKeys } from './claims.ts';
import { createDiskRoom } from './disk-room.ts';
import { lookAtObject } from './look-at-object.ts';
import type { BatchOptions } from './options.ts';

/** How many TIFFs are looked at together: each is some requests of 50 ms and more, and hardly any bytes. */
const LOOKS_AT_ONCE = 16;

/**
 * Converts the TIFFs of a bucket on this machine, as `runCollection` does local ones: each comes here some time
 * before its turn, is converted, and its JPEGs go where a task would put them, with the same provenance; what is up to date
 * by that is skipped. On the disk are at most twice as many TIFFs as jobs (three with one). Nobody is called back.
 *
 * Whoever stops reading the events ends the run. Throws `FileError` when there can be no temporary
 * folder, and for nothing that can happen to a file.
 */
export async function* convertObjects(
  tiffs: readonly ListedObject[],
  options: BatchOptions,
): AsyncGenerator<CollectionEvent, void> {
  await removeAbandonedWorkspaces();
  const claims = claimKeys(tiffs.map(({ key }) => key));
  const run = { options, claims, room: createDiskRoom(freeBytes) };
  const items = tiffs.map((tiff) => ({
    input: tiff.key,
    output: outputKeys(tiff.key)[0],
    sourceBytes: tiff.size,
    look: (tools: LookingTools) => lookAtObject(tiff, run, tools),
  }));
  yield* convertItems(items, { ...options, looksAtOnce: LOOKS_AT_ONCE }, async () => {});
}
