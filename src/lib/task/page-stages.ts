import { choosePages } from '../convert/choose-pages.ts';
import type { Effort } from '../convert/encoder-settings.ts';
import type { TiffHeader, TiffPage } from '../convert/header/tiff-header.ts';
import { makeLonePage } from '../convert/lone-page.ts';
import { firstPage, pageNumbered } from '../convert/pages.ts';
import { inParallel } from '../in-parallel.ts';
import { fileNameOf } from '../keys.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { conversionBudget, USUAL_START_MS } from './budget.ts';
import { convertForTask, logConversion } from './conversion.ts';
import type { Job } from './job.ts';
import { msBeforeStart } from './machine-age.ts';
import { findOutput, type OutputRequest, putOutput } from './output.ts';
import { sharedBudgets } from './page-budget.ts';
import {
  findAllOutputs,
  leftPages,
  leftPagesMessage,
  type Outputs,
  outputsKnowing,
  PARALLEL_PAGES,
  type PageOutput,
} from './page-outputs.ts';
import { runStage } from './stages.ts';

/** Where the pages of a task come from and go to. */
export interface PagePlaces {
  readonly tiffPath: string;
  readonly outputs: Outputs;
  /** The path of a temporary file of a name. */
  readonly pathOf: (name: string) => string;
}

/** A page whose JPEG has been made and lies on the disk. */
interface MadePage {
  readonly output: PageOutput;
  readonly path: string;
  readonly effort: Effort;
}

/** All pages of a task that were not there already. */
export interface ConvertedPages {
  /** Or what lies under its key when only others were missing. */
  readonly first: MadePage | ObjectInfo;
  readonly further: readonly MadePage[];
  /** What all conversions took together. */
  readonly ms: number;
}

/**
 * Converts the pages that the settings choose and that are not there already, one after the other, to
 * files. Throws `TaskError` when one of them fails: then none is uploaded.
 */
export async function convertPages(job: Job, places: PagePlaces): Promise<ConvertedPages> {
  const { settings, options, deadlines, stopping } = job;
  const { tiffPath, pathOf } = places;
  const name = fileNameOf(settings.inputKey);
  const chosen = await runStage(job, 'convert', () => choosePages(tiffPath, settings.pages, name));
  const { header, numbers } = chosen.result;
  const known = outputsKnowing(places.outputs, firstPage(header));
  const outputs = await withFurther(job, known, numbers.length);
  const open = [outputs.first, ...outputs.further].filter(({ slot }) => slot.kind === 'open');
  if (open.length < numbers.length) logKept(job, numbers.length - open.length, numbers.length);
  warnOfLeft(job, leftPages(outputs.first, numbers.length));
  const budget = conversionBudget(settings.budget, deadlines.conversion, {
    msBeforeStart: startedLate(job),
    hurry: { isOn: () => stopping.asked.aborted, giveUp: stopping.giveUp },
  });
  const budgets = sharedBudgets(budget, open.map(numberOf), header);
  let { ms } = chosen;
  const make = async (output: PageOutput): Promise<MadePage> => {
    const number = numberOf(output);
    const further = output === outputs.first ? undefined : number;
    const jpegPath = pathOf(`page-${number}.jpg`);
    const page = { tiffPath, jpegPath, number, budget: budgets.next(), further };
    const converted = await runStage(job, 'convert', async () =>
      convertForTask(job, {
        ...page,
        header: numbers.length > 1 ? await alone(tiffPath, header, number) : header,
      }),
    );
    logConversion(options.log, converted.result, converted.ms, further);
    budgets.spent(converted.result.cpuSeconds);
    ms += converted.ms;
    return { output, path: jpegPath, effort: converted.result.plan.effort };
  };
  const { slot } = outputs.first;
  const first = slot.kind === 'done' ? slot.object : await make(outputs.first);
  const further: MadePage[] = [];
  for (const output of outputs.further)
    if (output.slot.kind === 'open') further.push(await make(output));
  return { first, further, ms };
}

/**
 * Uploads what was made, the first page last: whoever sees it can rely on the others. Gives what lies
 * under the first page's key, and what the uploads took.
 */
export async function uploadPages(
  job: Job,
  { first, further }: ConvertedPages,
): Promise<{ readonly first: Pick<ObjectInfo, 'key' | 'size'>; readonly ms: number }> {
  const others = await runStage(job, 'upload', () =>
    inParallel(further, (page, signal) => uploadFurther(job, page, signal), {
      limit: PARALLEL_PAGES,
      signal: job.deadlines.upload.signal,
    }),
  );
  if (!('path' in first)) return { first, ms: others.ms };
  const { request, slot } = first.output;
  const { result, ms } = await runStage(job, 'upload', () =>
    putOutput(request, slot, first.path, first.effort).catch((error: unknown) =>
      arrivedNevertheless(job, request, error),
    ),
  );
  job.warnOfTaken(result.taken);
  job.options.log({ event: 'jpeg.uploaded', output_r2_key: result.key, ms });
  return { first: result, ms: others.ms + ms };
}

/**
 * The JPEG of an upload that a stop signal has cut off, if it is there: then only the answer is lost. Else throws what the
 * upload threw.
 */
async function arrivedNevertheless({ stopping }: Job, request: OutputRequest, error: unknown) {
  if (!stopping.asked.aborted) throw error;
  const { signal } = stopping.deadline(stopping.times.lookedMs);
  const options = { ...request.options, signal };
  const slot = await findOutput({ ...request, options }).catch(() => undefined);
  if (slot?.kind !== 'done') throw error;
  return { ...slot.object, taken: slot.taken };
}

async function uploadFurther(
  job: Job,
  { output, path, effort }: MadePage,
  signal: AbortSignal,
): Promise<void> {
  const { log, sinceStart } = job.options;
  const start = sinceStart();
  const request = { ...output.request, options: { ...output.request.options, signal } };
  const { key, size, taken } = await putOutput(request, output.slot, path, effort);
  const ms = Math.round(sinceStart() - start);
  job.warnOfTaken(taken);
  const page = numberOf(output);
  log({ event: 'page.uploaded', page, output_r2_key: key, bytes: size, ms });
}

/** Makes a page of several the only one of the TIFF, which is the task's own, and tells of it in its old place. */
async function alone(tiffPath: string, header: TiffHeader, number: number): Promise<TiffHeader> {
  const page = pageNumbered(header, number, tiffPath);
  const lone = await makeLonePage(tiffPath, header, page);
  const inPlace = (one: TiffPage): TiffPage => {
    if (one === page) return lone;
    return one.subIfds?.includes(page) ? { ...one, subIfds: one.subIfds.map(inPlace) } : one;
  };
  const [first, ...others] = header.pages;
  return { ...header, pages: [inPlace(first), ...others.map(inPlace)] };
}

/** The outputs of all pages once it is known how many there are; those of one page are known already. */
async function withFurther(job: Job, outputs: Outputs, count: number): Promise<Outputs> {
  if (job.settings.pages !== 'all') return outputs;
  const { result } = await runStage(job, 'upload', () => findAllOutputs(outputs, count));
  for (const { slot } of result.further) job.warnOfTaken(slot.taken);
  return result;
}

/** How many milliseconds the machine started after it was asked for; where that is more than usual, the log says so. */
function startedLate({ settings, options: { log, sinceStart } }: Job): number {
  const ms = msBeforeStart(settings.budget.machineVersion, Date.now() - sinceStart());
  if (ms > USUAL_START_MS) {
    const [seconds, less] = [ms, ms - USUAL_START_MS].map((time) => (time / 1000).toFixed(1));
    const message = `the machine started ${seconds} s after it was asked for; its plan has ${less} s less`;
    log({ event: 'note', code: 'STARTED_LATE', message });
  }
  return ms;
}

function numberOf({ request }: PageOutput): number {
  return request.provenance.page;
}

function logKept({ options }: Job, kept: number, all: number): void {
  const message = `${kept} of ${all} pages were made from this TIFF before and are kept`;
  options.log({ event: 'note', code: 'PAGES_KEPT', message });
}

function warnOfLeft({ settings, options }: Job, keys: readonly string[]): void {
  const message = leftPagesMessage(keys, settings.inputKey);
  if (message !== undefined) options.log({ event: 'warning', code: 'PAGES_LEFT', message });
}
