/**
 * The conversions that the models of memory and CPU are fitted to, and how one of them is measured.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  type ChromaSubsampling,
  defaultEncoderSettings,
  type Effort,
  efforts,
} from '../src/lib/convert/encoder-settings.ts';
import { readTiffHeader, type TiffPage } from '../src/lib/convert/header/tiff-header.ts';
import { openPage, pageRequestFor } from '../src/lib/convert/open-page.ts';
import { predictCpuSeconds } from '../src/lib/convert/plan/cpu-model.ts';
import { predictMemory, type Turn } from '../src/lib/convert/plan/memory-model.ts';
import { openConverter } from '../src/lib/convert/process/converter.ts';
import { tiffPages } from '../src/lib/convert/tiff-pages.ts';
import { makeTiffFile } from './make-tiff.ts';
import { nameOf, type TiffSpec } from './tiff-spec.ts';

/** One conversion that is to be measured. */
export interface PlannedCase {
  /** By the name of its spec. */
  readonly tiff: string;
  readonly effort: Effort;
  readonly turn: Turn;
  readonly chroma: ChromaSubsampling;
  /** Pixels of the longer side, where the JPEG is a smaller copy. */
  readonly maxSize?: number;
}

/** What one conversion took; MB of 1024 × 1024 bytes. */
export interface MeasuredCase extends PlannedCase {
  readonly peakMB: number;
  readonly cpuSeconds: number;
}

/** What bench/calibration.json holds. */
export interface Calibration {
  readonly machine: string;
  /** What the header of each TIFF says. */
  readonly pages: Readonly<Record<string, TiffPage>>;
  readonly cases: readonly MeasuredCase[];
}

/** Reads what was measured last. */
export async function readCalibration(): Promise<Calibration> {
  return JSON.parse(await readFile(calibrationFile, 'utf8')) as Calibration;
}

/** Where the measurements are kept. */
export const calibrationFile = fileURLToPath(new URL('calibration.json', import.meta.url));

/** What the models say of a case. */
export function predict(page: TiffPage, { effort, turn, chroma, maxSize }: PlannedCase) {
  const way = { effort, turn, chromaSubsampling: chroma, blended: false, maxSize };
  return {
    memoryMB: predictMemory(page, way) / 1024 / 1024,
    cpuSeconds: predictCpuSeconds(page, way),
  };
}

const base: TiffSpec = {
  megapixels: 24,
  kind: 'rgb',
  bits: 8,
  compression: 'lzw',
  layout: 'strips',
  orientation: 1,
};

/** The TIFFs, each differing from the first in what may matter. */
const specs: readonly TiffSpec[] = [
  base,
  { ...base, megapixels: 2 },
  { ...base, megapixels: 96 },
  { ...base, megapixels: 0.25 },
  { ...base, kind: 'grey', megapixels: 0.25 },
  { ...base, compression: 'none' },
  { ...base, compression: 'deflate', layout: 'tiles' },
  { ...base, compression: 'none', layout: 'tiles', megapixels: 96 },
  { ...base, compression: 'jpeg' },
  { ...base, compression: 'jpeg', layout: 'tiles' },
  { ...base, compression: 'jpeg', layout: 'one strip' },
  { ...base, compression: 'progressive jpeg', layout: 'one strip' },
  { ...base, compression: 'none', layout: 'one strip', megapixels: 96 },
  { ...base, compression: 'deflate', layout: 'one strip', megapixels: 96 },
  { ...base, kind: 'grey' },
  { ...base, kind: 'grey', bits: 16, megapixels: 48 },
  { ...base, kind: 'grey', compression: 'deflate', layout: 'one strip', megapixels: 96 },
  { ...base, bits: 16 },
  { ...base, bits: 16, compression: 'none', layout: 'tiles' },
  { ...base, kind: 'cmyk' },
  { ...base, kind: 'rgba' },
  { ...base, orientation: 6 },
  { ...base, orientation: 3, compression: 'deflate', layout: 'tiles', megapixels: 96 },
  { ...base, kind: 'grey', orientation: 8 },
  { ...base, bits: 16, orientation: 6 },
  { ...base, profile: 'p3' },
  { ...base, shape: 'wide' },
  { ...base, shape: 'wide', compression: 'none', layout: 'tiles', orientation: 6 },
  { ...base, shape: 'high', orientation: 8 },
  { ...base, kind: 'palette', compression: 'deflate', layout: 'one strip', megapixels: 48 },
  { ...base, kind: 'palette', compression: 'none', orientation: 6 },
  {
    ...base,
    kind: 'bilevel',
    bits: 1,
    compression: 'deflate',
    layout: 'one strip',
    megapixels: 96,
  },
  { ...base, kind: 'planar', compression: 'none', layout: 'one strip', megapixels: 48 },
  { ...base, kind: 'planar', compression: 'deflate', layout: 'one strip', megapixels: 48 },
  { ...base, kind: 'planar', compression: 'deflate' },
  { ...base, kind: 'cmyka', compression: 'deflate' },
];

/**
 * Of these only the memory is modelled: how long noise takes to decode says nothing of photographs.
 */
export const noisy: TiffSpec = {
  ...base,
  compression: 'progressive jpeg',
  layout: 'one strip',
  noisy: true,
};

/** The sizes of smaller copies, and of which TIFFs they are measured. */
const COPIES = [2000, 400] as const;
const copied: readonly TiffSpec[] = [
  base,
  { ...base, megapixels: 96 },
  { ...base, compression: 'none', layout: 'tiles', megapixels: 96 },
  { ...base, kind: 'grey', bits: 16, megapixels: 48 },
  { ...base, bits: 16 },
  { ...base, kind: 'cmyk' },
  { ...base, kind: 'rgba' },
  { ...base, orientation: 6 },
  { ...base, shape: 'wide' },
  { ...base, shape: 'high', orientation: 8 },
  {
    ...base,
    kind: 'bilevel',
    bits: 1,
    compression: 'deflate',
    layout: 'one strip',
    megapixels: 96,
  },
];

/** Smaller copies, with the effort that hides nothing and the one that takes most. */
function copies(): PlannedCase[] {
  const chroma = '4:2:0';
  return copied.flatMap((spec) => {
    const turn = spec.orientation === 1 ? 'none' : 'memory';
    return COPIES.flatMap((maxSize) =>
      (['max', 'fast'] as const).map((effort) => ({
        tiff: nameOf(spec),
        effort,
        turn,
        chroma,
        maxSize,
      })),
    );
  });
}

/**
 * Each TIFF by each effort and each way of turning it; colour also without chroma subsampling; and
 * smaller copies of some.
 */
export function calibrationCases(): PlannedCase[] {
  const whole = specs.flatMap((spec) => {
    const turns: Turn[] = spec.orientation === 1 ? ['none'] : ['memory', 'disk', 'tag'];
    const chromas: ChromaSubsampling[] =
      ['grey', 'bilevel'].includes(spec.kind) || spec.megapixels > 24
        ? ['4:2:0']
        : ['4:2:0', '4:4:4'];
    return efforts.flatMap((effort) =>
      turns.flatMap((turn) =>
        chromas.map((chroma) => ({ tiff: nameOf(spec), effort, turn, chroma })),
      ),
    );
  });
  return [...whole, ...copies()];
}

/** A case in words. */
export function nameOfCase({ tiff, maxSize }: PlannedCase): string {
  return maxSize === undefined ? tiff : `${tiff} to ${maxSize}`;
}

/**
 * Carries one conversion out, in a process of its own; the TIFF is drawn in `folder` if it is not
 * there.
 */
export async function measure(
  planned: PlannedCase,
  folder: string,
): Promise<{ page: TiffPage; measured: MeasuredCase }> {
  const { tiff, effort, turn, chroma, maxSize } = planned;
  const input = join(folder, `${tiff}.tif`);
  const spec = [...specs, noisy].find((one) => nameOf(one) === tiff);
  if (!spec) throw new Error(`There is no TIFF ${tiff} to be measured.`);
  if (!(await stat(input).catch(() => undefined))) await makeTiffFile(input, spec);
  const header = await readTiffHeader(input);
  if (!header) throw new Error(`${input} has no header`);
  const [page] = header.pages;
  const settings = { ...defaultEncoderSettings, effort, chromaSubsampling: chroma, maxSize };
  const converter = openConverter(folder);
  try {
    const opened = await openPage(input, { tiff: tiffPages(header, input) });
    const request = pageRequestFor(opened, settings, { output: join(folder, 'out.jpg') });
    const convert = () => converter.convert({ kind: 'jpeg', ...request, effort, turn });
    // Beside a small picture it shows that the first one in a process finds no code compiled.
    if (spec.megapixels < 1) await convert();
    const made = await convert();
    const peakMB = Math.round(made.peakBytes / 1024 / 1024);
    const cpuSeconds = Math.round(made.cpuSeconds * 1000) / 1000;
    return { page, measured: { ...planned, peakMB, cpuSeconds } };
  } finally {
    await converter.close();
  }
}
