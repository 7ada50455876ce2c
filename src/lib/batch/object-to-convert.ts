import type { DueItem, LookingTools } from '../collection/item.ts';
import type { BatchRun } from './batch-run.ts';
import { type BroughtTiff, bringTiff } from './brought-tiff.ts';
import { deliverJpegs } from './deliver-jpegs.ts';
import { makeJpegs } from './make-jpegs.ts';
import type { DueObject } from './open-pages.ts';

/** How a TIFF is brought here and converted, and its JPEGs brought back; `bytes` of disk are needed for that. */
export function objectToConvert(
  object: DueObject,
  bytes: number,
  run: BatchRun,
  tools: LookingTools,
): Pick<DueItem, 'bring' | 'convert'> {
  let brought: BroughtTiff | undefined;
  return {
    bring: async (signal) => {
      brought = await bringTiff(object.info, bytes, run, { ...tools, signal });
    },
    convert: async (converting) => {
      const tiff = brought;
      if (!tiff) throw new Error('A TIFF was to be converted before it was here.');
      try {
        const made = await makeJpegs(tiff, object, run.options, converting);
        await tiff.dropTiff();
        return {
          deliver: (signal) => deliverJpegs(made, object, { ...tools, signal }).finally(tiff.drop),
        };
      } catch (error) {
        await tiff.drop();
        throw error;
      }
    },
  };
}
