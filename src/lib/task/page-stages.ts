import { choosePages } from '../convert/choose-pages.ts';
import type { OwnTiff } from '../convert/own-tiff.ts';
import { firstPage, maySeveral } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import { fileNameOf } from '../keys.ts';
import { findOutput, type OutputRequest } from '../outputs/bucket/output.ts';
import {
  findAllOutputs,
  leftPagesMessage,
  type OpenOutput,
  type Outputs,
  openOutputs,
  outputsKnowing,
} from '../outputs/bucket/page-outputs.ts';
import { type PageToPut, putPages } from '../outputs/bucket/put-pages.ts';
import { makePages } from '../outputs/make-pages.ts';
import type { TiffToMake } from '../outputs/page-files.ts';
import type { ObjectInfo } from '../storage/objects.ts';
import { conversionBudget, USUAL_START_MS } from './budget.ts';
import { logConversion } from './conversion.ts';
import { msBeforeStart } from './machine-age.ts';
import { openTaskPlaces } from './places.ts';
import type { RunningTask } from './running-task.ts';
import { runStage } from './stages.ts';

/** Where the pages of a task come from and go to. */
export interface PagePlaces {
  readonly tiff: OwnTiff;
  readonly outputs: Outputs;
  /** The path of a temporary file with a name. */
  readonly pathOf: (name: string) => string;
}

/** All pages of a task that were missing. */
export interface ConvertedPages {
  readonly made: readonly PageToPut[];
  /** The object under the first page's key, if only other pages were missing. */
  readonly first: ObjectInfo | undefined;
  /** Total time for the conversions, in milliseconds. */
  readonly ms: number;
}

/**
 * Converts the selected pages that are missing to files, several at once if there is room. Throws
 * `TaskError` if one of them fails: then none is uploaded.
 */
export async function convertTaskPages(
  task: RunningTask,
  places: PagePlaces,
): Promise<ConvertedPages> {
  const { settings, deadlines, stopping } = task;
  const { tiff, pathOf } = places;
  const name = fileNameOf(settings.inputKey);
  const chosen = await runStage(task, 'convert', () =>
    choosePages(tiff.path, settings.pages, name),
  );
  const { header, numbers } = chosen.result;
  const known = outputsKnowing(places.outputs, firstPage(header));
  const outputs = await withFurther(task, known, numbers.length);
  const open = openOutputs(outputs);
  if (open.length < numbers.length) logKept(task, numbers.length - open.length, numbers.length);
  warnOfLeft(task, leftPagesMessage(outputs.first, numbers));
  const budget = conversionBudget(settings.budget, deadlines.conversion, {
    msBeforeStart: startedLate(task),
    hurry: { isOn: () => stopping.asked.aborted, giveUp: stopping.giveUp },
  });
  const { slot } = outputs.first;
  const first = slot.kind === 'done' ? slot.object : undefined;
  const made = await runStage(task, 'convert', () =>
    makeOpen(task, { file: tiff, name, header, numbers }, open, { budget, pathOf }),
  );
  return { made: made.result, first, ms: chosen.ms + made.ms };
}

/** How the pages of a task may be made. */
interface Means extends Pick<PagePlaces, 'pathOf'> {
  readonly budget: Budget;
}

async function makeOpen(
  task: RunningTask,
  tiff: TiffToMake,
  open: readonly OpenOutput[],
  { budget, pathOf }: Means,
): Promise<PageToPut[]> {
  const byPage = new Map(open.map((output) => [output.page, output]));
  const further = (page: number) => (byPage.get(page)?.isFirst ? undefined : page);
  const targets = open.map(({ page, slot }) => ({
    page,
    output: slot.key,
    jpeg: pathOf(`page-${page}.jpg`),
  }));
  const places = openTaskPlaces(task, {
    tiff,
    numbers: [...byPage.keys()],
    further,
    budget,
    pathOf,
  });
  try {
    const made = await makePages(tiff, targets, places, ({ page, conversion, ms }) =>
      logConversion(task.options.log, conversion, ms, further(page)),
    );
    return open.flatMap((output, index) => {
      const one = made[index];
      return one ? [{ output, made: one }] : [];
    });
  } finally {
    await places.close();
  }
}

/**
 * Uploads the JPEGs, the first page last. Returns the object under the first page's key, and the
 * time for the uploads.
 */
export async function uploadPages(
  task: RunningTask,
  { made, first }: ConvertedPages,
): Promise<{ readonly first: Pick<ObjectInfo, 'key' | 'size'>; readonly ms: number }> {
  const { log, sinceStart } = task.options;
  const { signal } = task.deadlines.upload;
  const { result, ms } = await runStage(task, 'upload', () =>
    putPages(
      made,
      async ({ output: { request, page, isFirst } }, upload) => {
        const start = sinceStart();
        const uploaded = isFirst
          ? await upload().catch((error: unknown) => arrivedNevertheless(task, request, error))
          : await upload();
        const { key, size: bytes, taken } = uploaded;
        const took = Math.round(sinceStart() - start);
        task.warnOfTaken(taken);
        if (isFirst) log({ event: 'jpeg.uploaded', output_r2_key: key, ms: took });
        else log({ event: 'page.uploaded', page, output_r2_key: key, bytes, ms: took });
        return uploaded;
      },
      signal,
    ),
  );
  const [uploaded] = result;
  const jpeg = first ?? uploaded;
  if (!jpeg) throw new Error('A task has made no page.');
  return { first: jpeg, ms };
}

/**
 * The JPEG of an upload cut off by a stop signal, if it has arrived: then only the answer was lost.
 * Otherwise throws the upload's error.
 */
async function arrivedNevertheless(
  { stopping }: RunningTask,
  request: OutputRequest,
  error: unknown,
) {
  if (!stopping.asked.aborted) throw error;
  const { signal } = stopping.deadline(stopping.times.lookedMs);
  const options = { ...request.options, signal };
  const slot = await findOutput({ ...request, options }).catch(() => undefined);
  if (slot?.kind !== 'done') throw error;
  return { ...slot.object, taken: slot.taken };
}

/**
 * The outputs of all wanted pages once their number is known; the output of a single page is known
 * already.
 */
async function withFurther(task: RunningTask, outputs: Outputs, count: number): Promise<Outputs> {
  if (!maySeveral(task.settings.pages)) return outputs;
  const { result } = await runStage(task, 'upload', () => findAllOutputs(outputs, count));
  for (const { slot } of result.further) task.warnOfTaken(slot.taken);
  return result;
}

/**
 * Milliseconds between the request for the machine and its start; logs a start later than usual.
 */
function startedLate({ settings, options: { log, sinceStart } }: RunningTask): number {
  const ms = msBeforeStart(settings.budget.machineVersion, Date.now() - sinceStart());
  if (ms > USUAL_START_MS) {
    const [seconds, less] = [ms, ms - USUAL_START_MS].map((time) => (time / 1000).toFixed(1));
    const message = `the machine started ${seconds} s after it was asked for; its plan has ${less} s less`;
    log({ event: 'note', code: 'STARTED_LATE', message });
  }
  return ms;
}

function logKept({ options }: RunningTask, kept: number, all: number): void {
  const message = `${kept} of ${all} pages were made from this TIFF before and are kept`;
  options.log({ event: 'note', code: 'PAGES_KEPT', message });
}

function warnOfLeft({ options }: RunningTask, message: string | undefined): void {
  if (message !== undefined) options.log({ event: 'warning', code: 'PAGES_LEFT', message });
}
