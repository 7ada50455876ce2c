import { type Effort, type EncoderSettings, efforts, levelsOf } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { refuseOversize } from '../jpeg-limits.ts';
import { predictCpuSeconds } from './cpu-model.ts';
import { jpegChannels, pixelsOf, predictMemory, type Turn, type Way } from './memory-model.ts';
import { outOfMemoryError, toMegabytes } from './shortage.ts';

/** What a conversion may use. */
export interface Limits {
  /** Memory of the conversion process. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Until the JPEG must be there. */
  readonly seconds: number;
  /** Room for temporary files. */
  readonly diskBytes: number;
}

/** How a TIFF is going to be converted, and what that will take. */
export interface ConversionPlan {
  readonly effort: Effort;
  readonly turn: Turn;
  /** Peak memory of the conversion process. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Why this plan and no better one, for people. */
  readonly reason: string;
}

/** A way with its price, and what of the limits it breaks. */
interface Candidate extends ConversionPlan {
  readonly breaks: 'memory' | 'disk' | 'time' | undefined;
}

/**
 * Chooses the best effort that fits memory, time and disk, from what the TIFF's header says of a page
 * (design: "Budget policy"); `auto` takes the best of `max`, `balanced` and `fast`, anything else is
 * kept to. A picture that is not upright is turned in memory, else on disk, else by a tag. Time alone
 * never keeps a picture from being tried: the prediction is no bound.
 *
 * Throws `ConversionError`: `TOO_LARGE_FOR_JPEG`, or `OUT_OF_MEMORY` with the figures and the remedy
 * when nothing that may be chosen fits.
 */
export function planConversion(
  page: TiffPage | undefined,
  limits: Limits,
  settings: EncoderSettings,
  name: string,
): ConversionPlan {
  if (!page) return planBlindly(settings);
  refuseOversize(page, name);
  const candidates = waysFor(page, settings).map((way) => priced(page, way, limits));
  const best = candidates.find(({ breaks }) => !breaks);
  if (best) return { ...best, reason: reasonFor(best, candidates, limits) };
  const late = candidates.findLast(({ breaks }) => breaks === 'time');
  if (late)
    return {
      ...late,
      reason: `it may not be done in time, but nothing is faster: ${timeOf(late, limits)}`,
    };
  const neededBytes = Math.min(...candidates.map(({ memoryBytes }) => memoryBytes));
  const { memoryBytes: limitBytes } = limits;
  throw outOfMemoryError({ page, name, neededBytes, limitBytes, effort: settings.effort });
}

/** Without a header: the decoder will most likely refuse the file, and that costs little. */
function planBlindly({ effort }: EncoderSettings): ConversionPlan {
  return {
    effort: effort === 'auto' ? 'fast' : effort,
    turn: 'memory',
    memoryBytes: 0,
    cpuSeconds: 0,
    reason: 'the header cannot be read',
  };
}

/** Every way that may be taken, best first. */
function waysFor(page: TiffPage, settings: EncoderSettings): Way[] {
  const { effort, chromaSubsampling, background } = settings;
  const chosen = effort === 'auto' ? efforts : [effort];
  const [r, g, b] = levelsOf(background) ?? [];
  const neutral = r === g && g === b;
  const blended =
    page.extraSamples.length > 1 ||
    (page.extraSamples.length === 1 && jpegChannels(page) === 1 && !neutral);
  return chosen.flatMap((one) => {
    const turns: readonly Turn[] =
      page.orientation === 1
        ? ['none']
        : one === chosen.at(-1)
          ? ['memory', 'disk', 'tag']
          : ['memory', 'disk'];
    return turns.map((turn) => ({ effort: one, turn, chromaSubsampling, blended }));
  });
}

function priced(page: TiffPage, way: Way, limits: Limits): Candidate {
  const memoryBytes = predictMemory(page, way);
  const cpuSeconds = predictCpuSeconds(page, way);
  const disk = way.turn === 'disk' ? pixelsOf(page) * (jpegChannels(page) + 1) : 0;
  const breaks =
    memoryBytes > limits.memoryBytes
      ? 'memory'
      : disk > limits.diskBytes
        ? 'disk'
        : cpuSeconds > Math.min(limits.cpuSeconds, limits.seconds)
          ? 'time'
          : undefined;
  return { effort: way.effort, turn: way.turn, memoryBytes, cpuSeconds, reason: '', breaks };
}

function reasonFor(best: Candidate, candidates: readonly Candidate[], limits: Limits): string {
  const at = candidates.indexOf(best);
  const better = candidates.slice(0, at).findLast(({ effort }) => effort !== best.effort);
  const inMemory = candidates
    .slice(0, at)
    .find(({ effort, turn }) => effort === best.effort && turn === 'memory');
  const reasons = [
    better ? `${better.effort} needs ${shortageOf(better, limits)}` : undefined,
    inMemory ? `turning in memory needs ${shortageOf(inMemory, limits)}` : undefined,
  ].filter((reason) => reason !== undefined);
  return reasons.join('; ') || 'it fits';
}

function shortageOf(candidate: Candidate, limits: Limits): string {
  if (candidate.breaks === 'memory')
    return `${toMegabytes(candidate.memoryBytes)} of ${toMegabytes(limits.memoryBytes)} MB`;
  if (candidate.breaks === 'disk')
    return `more than the ${toMegabytes(limits.diskBytes)} MB of disk`;
  return timeOf(candidate, limits);
}

function timeOf({ cpuSeconds }: Candidate, limits: Limits): string {
  return `${cpuSeconds.toFixed(1)} of ${Math.min(limits.cpuSeconds, limits.seconds).toFixed(1)} CPU-s`;
}
