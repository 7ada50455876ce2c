/*
 * Plan: how a page is going to be converted, decided before anything is decoded, from the header
 * and from what the machine and the deadline leave (`resources.ts`). Reader (`reader-table.ts`),
 * effort, and the way to turn a picture that lies on its side are chosen together, because each has
 * a price: peak memory (`memory-model.ts`), CPU (`cpu-model.ts`) and disk. The models are fitted to
 * measurements (docs/measurements.md); docs/reliability.md, "The memory model", explains them.
 *
 * It is pure but for what it asks the machine, and knows no process, so that a dry run and
 * `inspect` make the plan that a conversion would make. A prediction of memory bounds the choice;
 * one of CPU only guides it, and `pace.ts` tells during the conversion when it was wrong. Each
 * error has its figures and names the setting that helps (`shortage.ts`).
 */
import { type Effort, type EncoderSettings, efforts } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import type { SettingNames } from '../setting-names.ts';
import type { Turn, Way } from './memory-model.ts';
import { type Price, priceOf, type Subject, subjectOf, wayOf } from './price.ts';
import { type PageFile, readable, type Told } from './readable.ts';
import type { Reading } from './reader.ts';
import { outOfDiskError, outOfMemoryError, toMegabytes } from './shortage.ts';

/** What a conversion may use. */
export interface Limits {
  /** Memory of the conversion process. */
  readonly memoryBytes: number;
  readonly cpuSeconds: number;
  /** Until the JPEG must be there. */
  readonly seconds: number;
  /** Room for temporary files. */
  readonly diskBytes: number;
  /** What the user calls what decides about them; default: `commandNames`. */
  readonly names?: SettingNames | undefined;
}

/** How a TIFF is going to be converted, and what that will take. */
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

/** A way with its price, and what of the limits it breaks. */
interface Candidate extends ConversionPlan, Price {
  readonly breaks: 'memory' | 'disk' | 'time' | undefined;
}

/**
 * Chooses the best effort that fits memory, time and disk, from what the TIFF's header says of a page:
 * `auto` takes the best of `max`, `balanced` and `fast`, anything else is
 * kept to. A picture that is not upright is turned in memory, else on disk; where neither has the room,
 * by a tag. Time alone never keeps a picture from being tried: the prediction is no bound.
 *
 * `told` says what happens to a page of which data are missing: it is refused, or left to sharp, if that reads it, for
 * sharp to say what it finds.
 *
 * Throws `ConversionError`: what `readable` throws of pages that nobody can convert, and `OUT_OF_MEMORY` or `WRITE_FAILED` (too
 * little disk) with the figures and the remedy when nothing that may be chosen fits.
 */
export function planConversion(
  page: TiffPage,
  file: PageFile,
  limits: Limits,
  settings: EncoderSettings,
  told: Told = 'by us',
): ConversionPlan {
  refuseNoNumbers(limits);
  const { name } = file;
  const reading = readable(page, file, told);
  const subject = subjectOf(page, reading, file.bytes);
  const upright = waysFor(page, settings).map((way) => priced(subject, way, limits));
  const tagged = upright.flatMap(({ effort, turn }) =>
    turn === 'disk'
      ? priced(subject, { ...wayOf(page, settings), effort, turn: 'tag' }, limits)
      : [],
  );
  const candidates = [...upright, ...tagged.slice(-1)];
  const best = upright.find(({ breaks }) => !breaks);
  if (best) return { ...best, reason: reasonFor(best, candidates, limits) };
  const [late] = upright
    .filter(({ breaks }) => breaks === 'time')
    .sort((a, b) => a.cpuSeconds - b.cpuSeconds);
  if (late) return { ...late, reason: lateReason(late, limits) };
  const [tag] = tagged.slice(-1);
  if (tag && (!tag.breaks || tag.breaks === 'time'))
    return { ...tag, reason: reasonFor(tag, candidates, limits) };
  const onDisk = candidates.filter(({ breaks }) => breaks === 'disk');
  if (onDisk.length > 0) {
    const needed = Math.min(...onDisk.map(({ diskBytes }) => diskBytes));
    throw outOfDiskError(name, needed, limits.diskBytes);
  }
  const neededBytes = Math.min(...candidates.map(({ memoryBytes }) => memoryBytes));
  throw outOfMemoryError({ page, name, neededBytes, limits, effort: settings.effort });
}

/** Time and disk may be unlimited; what is no number would let everything pass, or nothing. */
function refuseNoNumbers(limits: Limits): void {
  for (const [what, value] of Object.entries(limits))
    if (Number.isNaN(value)) throw new RangeError(`The limit ${what} is not a number`);
}

/** Every way to a picture that is upright, best first. */
function waysFor(page: TiffPage, settings: EncoderSettings): Way[] {
  const chosen = settings.effort === 'auto' ? efforts : [settings.effort];
  const turns: readonly Turn[] = page.orientation === 1 ? ['none'] : ['memory', 'disk'];
  const common = wayOf(page, settings);
  return chosen.flatMap((effort) => turns.map((turn) => ({ ...common, effort, turn })));
}

function priced(subject: Subject, way: Way, limits: Limits): Candidate {
  const price = priceOf(subject, way);
  const { memoryBytes, cpuSeconds, diskBytes } = price;
  const breaks =
    memoryBytes > limits.memoryBytes
      ? 'memory'
      : diskBytes > limits.diskBytes
        ? 'disk'
        : cpuSeconds > Math.min(limits.cpuSeconds, limits.seconds)
          ? 'time'
          : undefined;
  const { effort, turn } = way;
  return { effort, turn, reading: subject.reading, ...price, reason: '', breaks };
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
    ...turned.map((way) => `turning ${PLACE[way.turn]} needs ${shortageOf(way, limits)}`),
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
  return `${cpuSeconds.toFixed(1)} of ${Math.min(limits.cpuSeconds, limits.seconds).toFixed(1)} CPU-s`;
}
