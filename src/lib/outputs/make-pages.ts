/*
 * Outputs: the JPEGs of a TIFF's pages, for a task, a batch or a collection. These differ in what
 * they report and when they give up; a page is treated the same in all of them.
 *
 * Terms. A *page* is defined in `../convert/pages.ts`, with its number counted from 1. An *output*
 * is the final name of its JPEG: a path, or a key in R2. A JPEG is *made* when it is complete in a
 * temporary file, and *put* when it has its name. A JPEG made from the same TIFF is *ours* and may
 * be replaced; anything else under an output's name makes that name *taken*.
 *
 * How data passes:
 *
 *   names      local-pages (paths), bucket/page-outputs (keys): `scan.jpg`, `scan.page-2.jpg`, …
 *   ownership  for a file, the record of its folder (`../collection/record`); for an object, its
 *              metadata (bucket/provenance); bucket/output finds the first key that is free or ours
 *   making     this file: each page by its plan, several at once where whoever runs it has places
 *              for them (conversion processes with memory); then a strict run may refuse it, and
 *              `verify` compares it with its TIFF
 *   putting    local-pages: all get their names together; bucket/put-pages: under conditions,
 *              several at once. The first page is the last: once it is there, all are
 *
 * A TIFF of thousands of pages must not cost thousands of times its chain: libvips walks it each
 * time it opens the file. So each page is made while it is the only one in the chain of its file
 * (`../convert/lone-page.ts`). This changes the file, so it must be ours, and no other page can be
 * made from it meanwhile: `page-files.ts` has one for each page that is made at the same time.
 *
 * Must never happen: a byte written to somebody else's file (only an `OwnTiff` may be written to);
 * a JPEG under its name before all of its TIFF are made; a JPEG in place of a file or object that
 * is not ours.
 */
import type { ConversionResult, PlanningOptions } from '../convert/attempts.ts';
import { pageOption } from '../convert/choose-pages.ts';
import { convertInPlace } from '../convert/convert-in-place.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import { withLonePage } from '../convert/lone-page.ts';
import type { PagesSetting } from '../convert/pages.ts';
import type { Converter } from '../convert/process/converter.ts';
import { refuseNotedLosses, refuseWarnings, type Strictness } from '../convert/strictness.ts';
import { type TiffPages, tiffPages } from '../convert/tiff-pages.ts';
import { compareWithTiff } from '../convert/verify/compare-with-tiff.ts';
import type { Likeness, LikenessBounds } from '../convert/verify/likeness.ts';
import { ConversionError } from '../errors.ts';
import {
  openPageFiles,
  type PageFiles,
  type PageFileToRead,
  type PlaceForCopies,
  type TiffToMake,
} from './page-files.ts';

/** A page to make, counted from 1, and where it goes. */
export interface PageToMake {
  readonly page: number;
  /** The final name of its JPEG. */
  readonly output: string;
  /** The path of the temporary file that it is made in. */
  readonly jpeg: string;
}

/** How a page is made. */
export interface MakingOptions extends PlanningOptions {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  readonly converter: Converter;
  /** Notes that become errors; none by default. */
  readonly strict?: Strictness | undefined;
  /** Compares it with its TIFF, and refuses it if it differs more than this allows. */
  readonly verify?: LikenessBounds | undefined;
}

/** A page whose JPEG is made. */
export interface MadePage extends PageToMake {
  /** Time for its conversion, in milliseconds. */
  readonly ms: number;
  readonly conversion: ConversionResult;
  /** Set if it was compared. */
  readonly likeness?: Likeness | undefined;
}

/**
 * The CPU seconds of pages still to be made from which another process for them pays: it takes a
 * tenth of a second to start, and saves half of them at most.
 */
const ANOTHER_PROCESS_PAYS = 0.5;

/** Whether another process pays for pages that take so many CPU seconds without its start. */
export function paysAnotherProcess(cpuSeconds: number): boolean {
  return cpuSeconds >= ANOTHER_PROCESS_PAYS;
}

/** Where one page is made: a conversion process, and what its plan may use. */
export interface MakingPlace {
  readonly making: MakingOptions;
  /** Gives it back; with the page, unless that failed. */
  release(made: MadePage | undefined): Promise<void>;
}

/** Where the pages of a TIFF are made. */
export interface MakingPlaces extends PlaceForCopies {
  /**
   * A place for the next page; undefined if it has to wait until another one of this TIFF is made.
   * There always is one while none is being made.
   */
  take(page: PageToMake): Promise<MakingPlace | undefined>;
}

/**
 * Makes pages of a TIFF, begun in the order given, as many at once as there are places. Calls
 * `onMade` for each in the same order, as soon as those before it are made.
 *
 * A page whose process dies or hangs beside others is made once more alone before it counts as
 * failed, and from then on one page at a time: what it lacked may be what the others had.
 *
 * After a failure no other page is begun; of several failures the first in order is thrown, once
 * none is being made. Throws what `convertInPlace`, `compareWithTiff` and `places` throw, and
 * `ConversionError` (`LOSS`, `WARNING`) if a note becomes an error.
 */
export async function makePages(
  tiff: TiffToMake,
  targets: readonly PageToMake[],
  places: MakingPlaces,
  onMade: (made: MadePage) => void = () => {},
): Promise<readonly MadePage[]> {
  const pages = tiffPages(tiff.header, tiff.name);
  const files = await openPageFiles(tiff, pages, places);
  const made: MadePage[] = [];
  const failures = new Map<number, unknown>();
  const running = new Map<Promise<void>, Making>();
  const queue = [...targets.keys()];
  let told = 0;
  let oneAtATime = false;
  const mayBegin = () => failures.size === 0 && !(oneAtATime && running.size > 0);
  const make = async (index: number, making: Making) => {
    try {
      made[index] = await makeIn(making, pages, files);
      for (let next = made[told]; next; next = made[told]) {
        told++;
        onMade(next);
      }
    } catch (error) {
      if (!(making.hadCompany && isOfProcess(error))) return void failures.set(index, error);
      making.seat.place.making.onReplan?.(error);
      oneAtATime = true;
      queue.push(index);
      queue.sort((a, b) => a - b);
    }
  };
  const begin = (index: number, target: PageToMake, seat: Seat) => {
    queue.shift();
    for (const other of running.values()) other.hadCompany = true;
    const making = { target, seat, hadCompany: running.size > 0 };
    const work = make(index, making).finally(() => running.delete(work));
    running.set(work, making);
  };
  try {
    while (failures.size === 0 && queue.length + running.size > 0) {
      const [index = -1] = queue;
      const target = targets[index];
      const isAlone = running.size === 0;
      const seat = target && mayBegin() ? await takeSeat(target, places, files) : undefined;
      // Meanwhile another page may have ended so that it comes first, or none may begin.
      if (target && seat && index === queue[0] && mayBegin()) {
        begin(index, target, seat);
        continue;
      }
      if (seat) await leaveSeat(seat, files, undefined);
      else if (isAlone) throw new Error('There is no place for a page.');
      if (running.size > 0) await Promise.race(running.keys());
    }
  } finally {
    await Promise.all(running.keys());
    await files.drop();
  }
  const [first] = [...failures.keys()].sort((a, b) => a - b);
  if (first !== undefined) throw failures.get(first);
  return made;
}

/** What a page is made with, as long as no other one has it. */
interface Seat {
  readonly place: MakingPlace;
  readonly file: PageFileToRead;
}

/** A page that is being made. */
interface Making {
  readonly target: PageToMake;
  readonly seat: Seat;
  /** Whether another page of the TIFF was made at any time meanwhile. */
  hadCompany: boolean;
}

/** Whether the conversion process died or hung, which what runs beside it can cause. */
function isOfProcess(error: unknown): error is ConversionError {
  const codes = ['OUT_OF_MEMORY', 'CRASHED', 'UNRESPONSIVE'];
  return error instanceof ConversionError && codes.includes(error.code);
}

async function takeSeat(
  target: PageToMake,
  places: MakingPlaces,
  files: PageFiles,
): Promise<Seat | undefined> {
  const place = await places.take(target);
  if (!place) return undefined;
  let file: PageFileToRead | undefined;
  try {
    file = await files.take();
    return file && { place, file };
  } finally {
    if (!file) await place.release(undefined);
  }
}

async function leaveSeat(
  { place, file }: Seat,
  files: PageFiles,
  made: MadePage | undefined,
): Promise<void> {
  files.giveBack(file);
  await place.release(made);
}

async function makeIn(making: Making, pages: TiffPages, files: PageFiles): Promise<MadePage> {
  const { target, seat } = making;
  const { path, own } = seat.file;
  // Alone it may need no lesser plan.
  const mayReplan = (error: ConversionError) => !(making.hadCompany && isOfProcess(error));
  const how = { ...seat.place.making, mayReplan };
  const make = (tiff: TiffPages) => makePage(path, tiff, target, how);
  let made: MadePage | undefined;
  try {
    made = await (own ? withLonePage(own, pages, target.page, make) : make(pages));
    return made;
  } finally {
    await leaveSeat(seat, files, made);
  }
}

async function makePage(
  path: string,
  tiff: TiffPages,
  target: PageToMake,
  { encoder, pages, strict, verify, ...planning }: MakingOptions,
): Promise<MadePage> {
  const { name } = tiff.file;
  const { jpeg, output: jpegName } = target;
  const page = pageOption(pages, target.page);
  const asked = { ...encoder, ...planning, tiff, page };
  const start = performance.now();
  const conversion = await convertInPlace(path, jpeg, asked);
  const ms = Math.round(performance.now() - start);
  if (strict) {
    refuseNotedLosses(conversion, name, strict);
    refuseWarnings(conversion, name, strict);
  }
  if (!verify) return { ...target, ms, conversion };
  const { effort } = conversion.plan;
  const compared = { ...asked, effort, jpegName, bounds: verify };
  return { ...target, ms, conversion, likeness: await compareWithTiff(path, jpeg, compared) };
}
