/**
 * Draws a TIFF for bench.ts, in a process of its own: libraries that the bench itself had loaded
 * would count half in the memory of the processes that it measures.
 *
 *   node bench/draw-tiff.ts PATH SPEC    # the spec as JSON
 */
import { type SampledSpec, writeSampledTiff } from './make-sampled-tiff.ts';
import { makeTiffFile } from './make-tiff.ts';
import type { TiffSpec } from './tiff-spec.ts';

const [, , path = '', json = ''] = process.argv;
const spec: TiffSpec | SampledSpec = JSON.parse(json);
await ('type' in spec ? writeSampledTiff(path, spec) : makeTiffFile(path, spec));
