/*
 * Plan: how a page is converted, decided before anything is decoded, from the header and from what
 * the machine and the deadline leave (`resources.ts`).
 *
 * `readable.ts` determines who reads a page (`reader-table.ts`) and what that takes
 * (`rewriting.ts`). Effort, and how a picture on its side is turned, are chosen together, because
 * each has a price: peak memory (`memory-model.ts`), CPU (`cpu-model.ts`) and disk. The models are
 * fitted to measurements (docs/measurements.md); docs/reliability.md, "The memory model", explains
 * them.
 *
 * All of this depends on the page and the settings only, so a page is priced once (`pricePage`),
 * and a plan is a choice among its prices (`choosePlan`) for the limits of a moment. A run of many
 * TIFFs, and the pages of a task, need two choices: with all memory for admission, and with what
 * memory, disk and time are left when the conversion begins. The conversion gets the prices of the
 * admission, unless the page is then alone in its file (`../lone-page.ts`): such a page needs no
 * copy to be read from, so it has other prices.
 *
 * Planning is pure except for its questions to the machine, and knows no process, so a dry run and
 * `inspect` make the same plan as a conversion. A memory prediction bounds the choice; a CPU
 * prediction only guides it, and `pace.ts` notices during the conversion if it was wrong. Each
 * error has its figures and names the setting that helps (`shortage.ts`).
 */
import {
  type Effort,
  type EffortSetting,
  type EncoderSettings,
  efforts,
} from '../encoder-settings.ts';
import { refuseOversize } from '../jpeg-limits.ts';
import type { SettingNames } from '../setting-names.ts';
import type { Turn } from './memory-model.ts';
import { methodOf, type Price, priceOf } from './price.ts';
import type { ReadablePage } from './readable.ts';
import type { Reading } from './reader.ts';
import { outOfDiskError, outOfMemoryError, toMegabytes } from './shortage.ts';

/** What a conversion may use. */
export interface Limits {
  /** Memory of the conversion process. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Seconds until the JPEG must be finished. */
  readonly seconds: number;
  /** Room for temporary files. */
  readonly diskBytes: number;
  /** The user's names for the settings behind these limits; defaults to `commandNames`. */
  readonly names?: SettingNames | undefined;
}

/** How a TIFF is converted, and the predicted cost. */
export interface ConversionPlan {
  readonly effort: Effort;
  readonly turn: Turn;
  /** Who reads the page. */
  readonly reading: Reading;
  /** Peak memory of the conversion process. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Why this plan and no better one, for people. */
  readonly reason: string;
}

/** A way of making a page's JPEG, and its price. */
export interface PricedMethod extends Price {
  readonly effort: Effort;
  readonly turn: Turn;
}

/** A page with all that plans choose from. */
export interface PricedPage extends ReadablePage {
  /** Best first; only those of an explicit effort. */
  readonly methods: readonly PricedMethod[];
}

/** A plan with its price and the limits that it exceeds. */
interface Candidate extends ConversionPlan, Price {
  readonly breaks: 'memory' | 'disk' | 'time' | undefined;
}

/**
 * Prices all methods that the settings allow. Throws `ConversionError` (`TOO_LARGE_FOR_JPEG`), and
 * as `priceOf`.
 */
export function pricePage(readable: ReadablePage, encoder: EncoderSettings): PricedPage {
  const { page, name } = readable;
  refuseOversize(page, name, encoder.maxSize);
  const common = methodOf(page, encoder);
  const pricedAs = (effort: Effort, turn: Turn) => {
    const price = priceOf(readable, { ...common, effort, turn });
    return { effort, turn, ...price };
  };
  const chosen = encoder.effort === 'auto' ? efforts : [encoder.effort];
  const isUpright = page.orientation === 1;
  const turns: readonly Turn[] = isUpright ? ['none'] : ['memory', 'disk'];
  const upright = chosen.flatMap((effort) => turns.map((turn) => pricedAs(effort, turn)));
  const tagged = isUpright ? [] : chosen.slice(-1).map((last) => pricedAs(last, 'tag'));
  return { ...readable, methods: [...upright, ...tagged] };
}

/** Prices a page and chooses its plan: see `pricePage` and `choosePlan`, and what they throw. */
export function planConversion(
  readable: ReadablePage,
  limits: Limits,
  encoder: EncoderSettings,
): ConversionPlan {
  return choosePlan(pricePage(readable, encoder), limits, encoder.effort);
}

/**
 * Chooses the best effort that fits memory, time and disk, from a page's header: `auto` takes the
 * best of `max`, `balanced` and `fast`; an explicit effort is never changed. A picture on its side
 * is turned in memory, else on disk, else by a tag if there is no room for either. Time alone never
 * prevents an attempt: the prediction is not a bound.
 *
 * Throws `ConversionError` if no allowed plan fits: `OUT_OF_MEMORY` or `WRITE_FAILED` (too little
 * disk), with figures and remedy.
 */
export function choosePlan(
  { page, name, reading, methods }: PricedPage,
  limits: Limits,
  effort: EffortSetting,
): ConversionPlan {
  refuseNoNumbers(limits);
  const candidates = methods
    .filter((method) => effort === 'auto' || method.effort === effort)
    .map((method) => ({ ...method, reading, reason: '', breaks: limitBrokenBy(method, limits) }));
  const upright = candidates.filter(({ turn }) => turn !== 'tag');
  const best = upright.find(({ breaks }) => !breaks);
  if (best) return { ...best, reason: reasonFor(best, candidates, limits) };
  const [late] = upright
    .filter(({ breaks }) => breaks === 'time')
    .sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  if (late) return { ...late, reason: lateReason(late, limits) };
  const tag = candidates.find(({ turn }) => turn === 'tag');
  if (tag && (!tag.breaks || tag.breaks === 'time'))
    return { ...tag, reason: reasonFor(tag, candidates, limits) };
  const onDisk = candidates.filter(({ breaks }) => breaks === 'disk');
  if (onDisk.length > 0) {
    const needed = Math.min(...onDisk.map(({ diskBytes }) => diskBytes));
    throw outOfDiskError(name, needed, limits.diskBytes);
  }
  const neededBytes = Math.min(...candidates.map(({ memoryBytes }) => memoryBytes));
  throw outOfMemoryError({ page, name, neededBytes, limits, effort });
}

/** Time and disk may be unlimited, but NaN would let everything pass, or nothing. */
function refuseNoNumbers(limits: Limits): void {
  for (const [what, value] of Object.entries(limits))
    if (Number.isNaN(value)) throw new RangeError(`The limit ${what} is not a number`);
}

function limitBrokenBy(
  { memoryBytes, cpuSeconds, diskBytes }: Price,
  limits: Limits,
): Candidate['breaks'] {
  if (memoryBytes > limits.memoryBytes) return 'memory';
  if (diskBytes > limits.diskBytes) return 'disk';
  return cpuSeconds > Math.min(limits.cpuSeconds, limits.seconds) ? 'time' : undefined;
}

const PLACE: Readonly<Record<Turn, string>> = {
  none: '',
  memory: 'in memory',
  disk: 'on disk',
  tag: 'by a tag',
};

function reasonFor(best: Candidate, candidates: readonly Candidate[], limits: Limits): string {
  const at = candidates.indexOf(best);
  const better = candidates.slice(0, at).findLast(({ effort }) => effort !== best.effort);
  const turned = candidates
    .slice(0, at)
    .filter(({ effort, turn }) => effort === best.effort && turn !== best.turn);
  const reasons = [
    better ? `${better.effort} needs ${shortageOf(better, limits)}` : undefined,
    ...turned.map((one) => `turning ${PLACE[one.turn]} needs ${shortageOf(one, limits)}`),
  ].filter((reason) => reason !== undefined);
  return reasons.join('; ') || 'it fits';
}

function lateReason(late: Candidate, limits: Limits): string {
  return `it may not be done in time, but nothing is faster: ${timeOf(late, limits)}`;
}

function shortageOf(candidate: Candidate, limits: Limits): string {
  if (candidate.breaks === 'memory')
    return `${toMegabytes(candidate.memoryBytes)} of ${toMegabytes(limits.memoryBytes)} MB`;
  if (candidate.breaks === 'disk')
    return `more than the ${toMegabytes(limits.diskBytes)} MB of disk`;
  return timeOf(candidate, limits);
}

function timeOf({ cpuSeconds }: Candidate, limits: Limits): string {
  const needed = cpuSeconds.toFixed(1);
  const left = Math.min(limits.cpuSeconds, limits.seconds);
  return left >= 0.05
    ? `${needed} of ${left.toFixed(1)} CPU-s`
    : `${needed} CPU-s, and no time is left`;
}
