import type { Converted, DueItem, PlanningTools } from '../collection/item.ts';
import { endSoonAfter } from '../stop.ts';
import type { BatchRun } from './batch-run.ts';
import { type BroughtTiff, bringTiff, type TiffToBring } from './brought-tiff.ts';
import { deliverJpegs, type MadeJpeg, makeJpegs } from './make-jpegs.ts';
import type { DueObject } from './open-pages.ts';
import type { BatchOptions } from './options.ts';

/** How a TIFF is downloaded and converted and its JPEGs uploaded. */
export function objectToConvert(
  object: DueObject,
  source: TiffToBring,
  run: BatchRun,
  tools: PlanningTools,
): Pick<DueItem, 'bring' | 'convert'> {
  let toBring: TiffToBring | undefined = source;
  let brought: BroughtTiff | undefined;
  return {
    bring: async (signal) => {
      if (toBring) brought = await bringTiff(toBring, run, { ...tools, signal });
      // Its bytes are on the disk now.
      toBring = undefined;
    },
    convert: async (converting) => {
      const tiff = brought;
      if (!tiff) throw new Error('A TIFF was to be converted before it was here.');
      try {
        const made = await makeJpegs(tiff, object, run.options, converting);
        await tiff.dropTiff();
        return {
          deliver: (signal) =>
            deliver(made, object, run.options, { ...tools, signal }).finally(tiff.drop),
        };
      } catch (error) {
        await tiff.drop();
        throw error;
      }
    },
  };
}

/**
 * Time limits for finishing an upload, and for all that follows it, once the run is stopped, in
 * milliseconds: shorter than people wait before they kill the process.
 */
const FINISHING_MS = { upload: 4_000, all: 5_000 };

/**
 * Uploads the JPEGs and notifies `onUploaded` without interruption: a stop between the two would
 * leave JPEGs that nobody knows of.
 */
async function deliver(
  made: readonly MadeJpeg[],
  object: DueObject,
  { onUploaded }: BatchOptions,
  tools: Pick<PlanningTools, 'warn' | 'signal'>,
): Promise<Converted> {
  if (!onUploaded) return deliverJpegs(made, object, tools);
  tools.signal.throwIfAborted();
  const upload = endSoonAfter(tools.signal, FINISHING_MS.upload);
  const ending = endSoonAfter(tools.signal, FINISHING_MS.all);
  try {
    const converted = await deliverJpegs(made, object, { ...tools, signal: upload.signal });
    await onUploaded(object.source.input, ending.signal);
    return converted;
  } finally {
    upload.dispose();
    ending.dispose();
  }
}
