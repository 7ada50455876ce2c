import { mkdtemp } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { nameOfPage } from '../convert/pages.ts';
import {
  type ConversionPlan,
  choosePlan,
  type PricedPage,
  pricePage,
} from '../convert/plan/plan.ts';
import { readable } from '../convert/plan/readable.ts';
import { type Budget, detectMemory, limitsNow } from '../convert/plan/resources.ts';
import { type Converter, openConverter } from '../convert/process/converter.ts';
import { type TiffPages, tiffPages } from '../convert/tiff-pages.ts';
import {
  type MakingOptions,
  type MakingPlace,
  type MakingPlaces,
  paysAnotherProcess,
} from '../outputs/make-pages.ts';
import type { TiffToMake } from '../outputs/page-files.ts';
import { type MakingTask, taskMaking } from './conversion.ts';
import { sharedBudgets } from './page-budget.ts';

/** The pages of a task that are made. */
export interface TaskPages {
  readonly tiff: TiffToMake;
  /** Those to make, counted from 1, in order. */
  readonly numbers: readonly number[];
  /** The number of a page in the log: none for the one that the callback names. */
  readonly further: (page: number) => number | undefined;
  /** The budget of all of them together. */
  readonly budget: Budget;
  /** The path of a temporary file with a name. */
  readonly pathOf: (name: string) => string;
}

/**
 * The places for the pages of a task: its own conversion process and, on a machine of several
 * cores, further ones, as long as each plan fits into the memory that the others leave. No page
 * gets a lesser plan for that: it waits. Close them.
 */
export function openTaskPlaces(
  task: MakingTask,
  { tiff, numbers, further, budget, pathOf }: TaskPages,
  atOnce: number = availableParallelism(),
): MakingPlaces & { close(): Promise<void> } {
  const pages = tiffPages(tiff.header, tiff.name);
  const budgets = sharedBudgets(budget, numbers, pages);
  const memoryBytes = budget.memoryBytes ?? detectMemory();
  // Further processes, each with the memory that its last page took at most.
  const others = new Map<Converter, number>();
  const idle: Converter[] = [task.converter];
  let running = 0;
  let taken = 0;
  let startsOthers = true;
  /** A further process that has answered; if one does not, the task does without any. */
  const another = async ({ signal, silenceMs }: MakingOptions) => {
    if (!startsOthers) return undefined;
    const converter = openConverter(await mkdtemp(pathOf('process-')));
    others.set(converter, 0);
    try {
      await converter.versions({ signal, silenceMs });
      return converter;
    } catch {
      startsOthers = false;
      others.delete(converter);
      await converter.close();
      return undefined;
    }
  };
  const end = async (converters: readonly Converter[]) => {
    for (const one of converters) others.delete(one);
    await Promise.all(converters.map((one) => one.close()));
  };
  /** Ends the idle processes if what they hold leaves no room for what is taken. */
  const endIdle = async () => {
    const held = idle.reduce((sum, one) => sum + (others.get(one) ?? 0), 0);
    if (taken + held <= memoryBytes) return;
    const ended = idle.filter((one) => one !== task.converter);
    idle.splice(0, idle.length, ...idle.filter((one) => one === task.converter));
    await end(ended);
  };
  const placeFor = async (
    page: number,
    making: MakingOptions,
    bytes: number,
    converter: Converter,
  ): Promise<MakingPlace> => {
    const spent = budgets.begin(page);
    running++;
    taken += bytes;
    if (converter !== task.converter) others.set(converter, bytes);
    await endIdle();
    return {
      making: { ...making, converter },
      release: async (made) => {
        running--;
        taken -= bytes;
        idle.push(converter);
        spent(made?.conversion.cpuSeconds);
      },
    };
  };
  /** The task's own first: what an idle one holds is counted only for the others. */
  const takeIdle = () => idle.splice(Math.max(0, idle.indexOf(task.converter)), 1)[0];
  /** The only page that is made now: it has all memory. */
  const alone = (page: number, making: MakingOptions, bytes: number) =>
    placeFor(page, making, bytes, takeIdle() ?? task.converter);
  return {
    folder: task.converter.temporaryFolder,
    take: async ({ page }) => {
      if (running >= atOnce) return undefined;
      const budgetOfPage = budgets.next(page, running + 1);
      const unpriced = taskMaking(task, budgetOfPage, further(page));
      if (numbers.length === 1) return alone(page, unpriced, 0);
      const { plan, priced } = await planOf(pages, page, unpriced, memoryBytes);
      const making = { ...unpriced, priced };
      // What is wrong with it is told when it is made, with nothing beside it.
      const bytes = plan?.memoryBytes ?? memoryBytes;
      if (running === 0) return alone(page, making, bytes);
      const left = (plan?.cpuSeconds ?? 0) / budgets.share(page);
      const pays = idle.length > 0 || paysAnotherProcess(left);
      if (!pays || taken + bytes > memoryBytes) return undefined;
      const converter = takeIdle() ?? (await another(making).catch(() => undefined));
      const room = { ...budgetOfPage, memoryBytes: memoryBytes - taken };
      return converter && placeFor(page, { ...making, budget: room }, bytes, converter);
    },
    close: () => end([...others.keys()]),
  };
}

/** The plan that a page gets if it has all memory; empty if it cannot be converted. */
async function planOf(
  { numbered, count, file }: TiffPages,
  page: number,
  { encoder, budget = {}, damageTold, converter }: MakingOptions,
  memoryBytes: number,
): Promise<{ readonly plan?: ConversionPlan; readonly priced?: PricedPage }> {
  const limits = await limitsNow({ ...budget, memoryBytes }, converter.temporaryFolder);
  try {
    const named = { ...file, name: nameOfPage(count, page, file.name) };
    const priced = pricePage(readable(numbered(page), named, damageTold), encoder);
    return { plan: choosePlan(priced, limits, encoder.effort), priced };
  } catch {
    return {};
  }
}
