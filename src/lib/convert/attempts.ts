import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConversionError, type ConversionErrorCode } from '../errors.ts';
import { finite } from '../finite.ts';
import type { EncoderSettings } from './encoder-settings.ts';
import type { TiffPage } from './header/tiff-header.ts';
import type { TiffFormat } from './header/tiff-tags.ts';
import type { Cost } from './messages.ts';
import { predictCpuSeconds } from './plan/cpu-model.ts';
import { watchPace } from './plan/pace.ts';
import { type ConversionPlan, type Limits, planConversion } from './plan/plan.ts';
import type { PageFile, Told } from './plan/readable.ts';
import { type Budget, limitsNow } from './plan/resources.ts';
import { rewritingOf } from './plan/rewriting.ts';
import { outOfMemoryError } from './plan/shortage.ts';
import type { Converter, Made } from './process/converter.ts';

/** What became of a TIFF, how, and what that took. */
export interface Conversion extends Made {
  /** The plan that was carried out in the end. */
  readonly plan: ConversionPlan;
}

/** What decides about plans and attempts. */
export interface PlanningOptions {
  /** What may be used; default: the memory of the machine, and all the time there is. */
  readonly budget?: Budget;
  /** Ends the conversion; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Told of the plan before it is carried out. */
  readonly onPlan?: (plan: ConversionPlan, limits: Limits) => void;
  /** Told why a plan has failed, when another one follows. */
  readonly onReplan?: ((error: ConversionError) => void) | undefined;
  /**
   * Who says that data of the page are missing; default: we, from the header, before a process is started. The contract
   * wants sharp's own message in the callback.
   */
  readonly damageTold?: Told | undefined;
  /** How long the process may say nothing, in milliseconds. */
  readonly silenceMs?: number | undefined;
}

/** A conversion under way: everything its attempts share. */
export interface Work {
  readonly input: string;
  readonly output: string;
  readonly name: string;
  readonly page: TiffPage;
  readonly format: TiffFormat;
  readonly file: PageFile;
  readonly settings: EncoderSettings;
  readonly converter: Converter;
  readonly options: PlanningOptions;
}

/** A plan that was tried, and what became of it, for people. */
interface Tried {
  readonly plan: ConversionPlan;
  readonly end: string;
}

/**
 * Plans and converts; what was killed for memory, hangs or is too slow is planned again with less, until it is done or
 * nothing less is left. A way is gone once, whatever the figures say, so that there is an end; `tried` has those before.
 */
export async function convertByPlan(
  work: Work,
  limits: Limits,
  settings: EncoderSettings,
  tried: readonly Tried[] = [],
): Promise<Conversion> {
  const { options, converter } = work;
  const planned = planOf(work, { limits, settings });
  const last = tried.at(-1);
  const plan = last ? { ...planned, reason: last.end } : planned;
  options.onPlan?.(plan, limits);
  try {
    return { ...(await attempt(work, plan)), plan };
  } catch (error) {
    if (!(error instanceof ConversionError)) throw error;
    const explained = explain(error, work, plan, limits);
    // Memory as it was planned with: what is free right after a process was killed tells nothing.
    const budget = { ...options.budget, memoryBytes: limits.memoryBytes };
    const now = await limitsNow(budget, converter.temporaryFolder);
    const next = nextTry(error, { plan, settings, limits: now });
    const all = [...tried, { plan, end: `${plan.effort} ${END[error.code]}` }];
    if (!next || !isNewWay(work, next, all)) throw explained;
    options.onReplan?.(explained);
    return convertByPlan(work, next.limits, next.settings, all);
  }
}

/** What became of a plan, for the reason of the next one. */
const END: Readonly<Partial<Record<ConversionErrorCode, string>>> = {
  OUT_OF_MEMORY: 'ran out of memory',
  TOO_SLOW: 'was too slow',
  UNRESPONSIVE: 'said nothing any more',
};

/** Settings and limits of an attempt. */
interface Try {
  readonly limits: Limits;
  readonly settings: EncoderSettings;
}

/** What to try after an error, or undefined when nothing would help. An effort that was asked for is kept to. */
function nextTry(
  { code }: ConversionError,
  { plan, settings, limits }: Try & { readonly plan: ConversionPlan },
): Try | undefined {
  const effort = settings.effort === 'auto' ? 'fast' : settings.effort;
  const less = { ...limits, memoryBytes: Math.min(limits.memoryBytes, plan.memoryBytes - 1) };
  if (code === 'OUT_OF_MEMORY') return { limits: less, settings: { ...settings, effort } };
  const late = code === 'TOO_SLOW' || code === 'UNRESPONSIVE';
  return late && effort !== plan.effort ? { limits, settings: { ...settings, effort } } : undefined;
}

function planOf({ page, file, options }: Work, { limits, settings }: Try) {
  return planConversion(page, file, limits, settings, options.damageTold);
}

function isNewWay(work: Work, next: Try, tried: readonly Tried[]): boolean {
  try {
    const { effort, turn } = planOf(work, next);
    return !tried.some(({ plan }) => plan.effort === effort && plan.turn === turn);
  } catch {
    return false;
  }
}

async function attempt(work: Work, plan: ConversionPlan): Promise<Made> {
  const { input, output, name, page, format, settings, converter, options } = work;
  const scratch = join(converter.temporaryFolder, 'turning.tif');
  const plain = join(converter.temporaryFolder, 'plain.tif');
  const { signal, silenceMs } = options;
  const onProgress = paceOf(work, plan);
  try {
    return await converter.convert(
      { input, output, scratch, plain, name, settings, plan, page, format },
      { signal, silenceMs, ...(onProgress ? { onProgress } : {}) },
    );
  } finally {
    // As large as the picture: what comes next may need the room.
    await rm(scratch, { force: true });
    await rm(plain, { force: true });
  }
}

/** Watches whether there will be time; where nothing cheaper may be tried, only a hurry gives up. */
function paceOf(
  { page, settings, options, file }: Work,
  plan: ConversionPlan,
): ((cost: Cost) => boolean) | undefined {
  const { budget = {} } = options;
  if (!budget.secondsLeft) return undefined;
  if (settings.effort !== 'auto' || plan.effort === 'fast')
    return budget.hurry && watchPace({ cpuSeconds: plan.cpuSeconds }, budget);
  const { chromaSubsampling } = settings;
  const fast = { effort: 'fast', turn: plan.turn, chromaSubsampling } as const;
  const rewriting = rewritingOf(page, plan.reading, file.bytes);
  const fastCpuSeconds = finite(
    'The predicted CPU time in seconds',
    (rewriting?.cpuSeconds ?? 0) + predictCpuSeconds(rewriting?.page ?? page, fast),
    Number.MIN_VALUE,
  );
  return watchPace({ cpuSeconds: plan.cpuSeconds, fastCpuSeconds }, budget);
}

/** The error as it is told: with figures where memory ran out, with the TIFF's name where its process ended. */
function explain(
  error: ConversionError,
  { page, name, settings }: Work,
  plan: ConversionPlan,
  limits: Limits,
): ConversionError {
  if (error.code === 'OUT_OF_MEMORY')
    return outOfMemoryError(
      {
        page,
        name,
        neededBytes: plan.memoryBytes,
        limits,
        effort: settings.effort,
        seen: error.message,
      },
      { cause: error },
    );
  const advice = ADVICE[error.code];
  if (!advice) return error;
  const during = `It was converting "${name}" as ${plan.effort}.`;
  return new ConversionError(error.code, `${error.message} ${during} ${advice}`, { cause: error });
}

/** What to do about a conversion whose process did not come to an end of its own. */
const ADVICE: Readonly<Partial<Record<ConversionErrorCode, string>>> = {
  CRASHED: 'Try again; if it happens again, report it with the TIFF.',
  UNRESPONSIVE: 'Try again; if it happens again, report it with the TIFF.',
  TOO_SLOW: 'TASK_TIMEOUT_MS gives it more time.',
};
