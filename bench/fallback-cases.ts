/**
 * The conversions that the models of our own reader of samples are held against, and how one is
 * measured.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultEncoderSettings } from '../src/lib/convert/encoder-settings.ts';
import { readTiffHeader, type TiffPage } from '../src/lib/convert/header/tiff-header.ts';
import { openPage, pageRequestFor } from '../src/lib/convert/open-page.ts';
import { predictCpuSeconds } from '../src/lib/convert/plan/cpu-model.ts';
import { predictMemory } from '../src/lib/convert/plan/memory-model.ts';
import { chooseReader } from '../src/lib/convert/plan/reader.ts';
import { rewritingOf } from '../src/lib/convert/plan/rewriting.ts';
import { type Converter, openConverter } from '../src/lib/convert/process/converter.ts';
import { tiffPages } from '../src/lib/convert/tiff-pages.ts';
import { type SampledSpec, sampledName, writeSampledTiff } from './make-sampled-tiff.ts';

/** What one conversion took; MB of 1024 × 1024 bytes. */
export interface MeasuredFallback {
  /** By the name of its spec. */
  readonly tiff: string;
  readonly page: TiffPage;
  readonly peakMB: number;
  readonly cpuSeconds: number;
}

/** What bench/fallback.json holds. */
export interface FallbackMeasurements {
  readonly machine: string;
  readonly cases: readonly MeasuredFallback[];
}

/** Where the measurements are kept. */
export const fallbackFile = fileURLToPath(new URL('fallback.json', import.meta.url));

/** Reads what was measured last. */
export async function readFallback(): Promise<FallbackMeasurements> {
  return JSON.parse(await readFile(fallbackFile, 'utf8')) as FallbackMeasurements;
}

const base = { samples: 3, type: 'float32', compression: 'none', layout: 'strips' } as const;
const of = (megapixels: readonly number[], spec: Partial<SampledSpec>): SampledSpec[] =>
  megapixels.map((one) => ({ ...base, ...spec, megapixels: one }));

/** The TIFFs, each differing from the first in what may matter. */
export const fallbackSpecs: readonly SampledSpec[] = [
  ...of([1, 6, 24, 60], {}),
  ...of([24, 60], { layout: 'one strip' }),
  ...of([6, 24], { compression: 'lzw' }),
  ...of([1, 6, 24, 60], { compression: 'deflate' }),
  ...of([1, 6, 24], { compression: 'deflate', layout: 'one strip' }),
  ...of([24], { compression: 'zstd' }),
  ...of([1, 6, 24, 60], { compression: 'deflate', layout: 'tiles' }),
  ...of([24], { layout: 'tiles' }),
  ...of([6, 24, 60], { layout: 'tiles', planar: true }),
  ...of([24], { compression: 'deflate', layout: 'tiles', planar: true }),
  ...of([6, 24], { planar: true }),
  ...of([6, 24], { compression: 'deflate', planar: true }),
  ...of([1, 24, 60], { samples: 1, type: 'uint12' }),
  ...of([24], { samples: 1, type: 'uint12', compression: 'lzw' }),
  ...of([24], { samples: 1, type: 'float64' }),
  ...of([24], { type: 'float64', compression: 'deflate' }),
  ...of([24], { samples: 1, type: 'uint32', compression: 'lzw' }),
];

/** What the models say of a page that `fast` makes a JPEG of. */
export function predictFallback(page: TiffPage) {
  const way = { effort: 'fast', turn: 'none', chromaSubsampling: '4:2:0', blended: false } as const;
  const rewriting = rewritingOf(page, chooseReader(page, ''), page.segments?.end ?? 0);
  if (!rewriting) throw new Error('sharp reads this page');
  const bytes = Math.max(rewriting.memoryBytes, predictMemory(rewriting.page, way));
  return {
    memoryMB: bytes / 1024 / 1024,
    cpuSeconds: rewriting.cpuSeconds + predictCpuSeconds(rewriting.page, way),
  };
}

/**
 * Draws a TIFF in `folder` and converts it as `fast`, so that the encoder hides nothing; in a
 * process of its own unless told.
 */
export async function measureFallback(
  spec: SampledSpec,
  folder: string,
  given?: Converter,
): Promise<MeasuredFallback> {
  const tiff = sampledName(spec);
  const input = join(folder, `${tiff}.tif`);
  await writeSampledTiff(input, spec);
  const header = await readTiffHeader(input);
  if (!header) throw new Error(`${input} has no header`);
  const [page] = header.pages;
  const converter = given ?? openConverter(folder);
  try {
    const request = pageRequestFor(
      await openPage(input, { tiff: tiffPages(header, input) }),
      defaultEncoderSettings,
      {
        output: join(folder, 'out.jpg'),
      },
    );
    const made = await converter.convert({
      kind: 'jpeg',
      ...request,
      effort: 'fast',
      turn: 'none',
    });
    const peakMB = Math.round(made.peakBytes / 1024 / 1024);
    return { tiff, page, peakMB, cpuSeconds: Math.round(made.cpuSeconds * 100) / 100 };
  } finally {
    if (!given) await converter.close();
    await rm(input, { force: true });
  }
}
