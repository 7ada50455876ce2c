/*
 * Verify: JPEGs that are there already, whoever made them, compared with their TIFFs by the measure
 * of `--verify` (`../../convert/verify/`). A pair is an item of the same engine as a conversion;
 * the event of its end says `verified` instead of `converted`.
 *
 * A JPEG is compared with another JPEG of the same pixels that is coded as coarsely as its own
 * quantisation tables say (`settings-of-jpeg.ts`): whoever made it, at whatever quality. What is
 * missing or of another size is found by the heads of the files.
 *
 * What is within the limits is recorded in `.arke-tiff-verified.jsonl` beside the JPEGs, or in one
 * file by name, with the lines of `../record/`: the next run passes over it as long as both files
 * have the same sizes and times, and no run has found them wrong since.
 *
 * Must never happen: a TIFF or a JPEG that is written to; a JPEG that counts as verified although
 * it, or its TIFF, was changed, or found wrong, since.
 */
import type { LocalConversion } from '../../convert/local-files.ts';
import { convertItems } from '../convert-items.ts';
import type { CollectionEvent } from '../events.ts';
import { lookAtSources } from '../local/sources.ts';
import type { VerifyRunOptions } from './options.ts';
import { openVerifiedRecords } from './verified-records.ts';
import { verifyItem } from './verify-item.ts';

/**
 * Compares many JPEGs with their TIFFs, `output` with `input`, as many at once as jobs and memory
 * permit, and reports events as `runCollection`. A pair beyond the limits is a failure, and affects
 * no other.
 */
export async function* runVerification(
  pairs: readonly LocalConversion[],
  options: VerifyRunOptions,
): AsyncGenerator<CollectionEvent, void> {
  const sources = await lookAtSources(pairs.map(({ input }) => input));
  const records = openVerifiedRecords(options.record);
  const items = pairs.map((one) => verifyItem(one, { options, records, sources }));
  yield* convertItems(items, { ...options, verifies: true }, async (warn) => {
    if (options.dryRun) return;
    for (const { message } of await records.compact()) warn('NOT_RECORDED', message);
  });
}
