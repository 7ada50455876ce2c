import { ConversionError, type ConversionErrorCode } from '../errors.ts';
import type { EncoderSettings } from './encoder-settings.ts';
import type { Cost } from './messages.ts';
import { type OpenedPage, pageRequestFor } from './open-page.ts';
import { watchPace } from './plan/pace.ts';
import { type ConversionPlan, choosePlan, type Limits, type PricedPage } from './plan/plan.ts';
import { heldBetween, methodOf } from './plan/price.ts';
import type { FoundBy } from './plan/readable.ts';
import { type Budget, limitsNow } from './plan/resources.ts';
import { outOfMemoryError } from './plan/shortage.ts';
import type { Converter, Made } from './process/converter.ts';
import { withRemedy } from './ran-out.ts';

/** The result for a TIFF: the JPEG, the plan, and the cost. */
export interface ConversionResult extends Made {
  /** The plan that succeeded. */
  readonly plan: ConversionPlan;
}

/** What decides about plans and attempts. */
export interface PlanningOptions {
  /** Available resources; defaults to the machine's memory and unlimited time. */
  readonly budget?: Budget;
  /** Ends the conversion; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Called with each plan before it is carried out. */
  readonly onPlan?: (plan: ConversionPlan, limits: Limits) => void;
  /** Called with the error of a failed plan if another one follows. */
  readonly onReplan?: ((error: ConversionError) => void) | undefined;
  /** Whether another plan may follow an error; by default always. */
  readonly mayReplan?: ((error: ConversionError) => boolean) | undefined;
  /**
   * Who reports missing page data; by default we do, from the header, before a process is started.
   * The contract requires sharp's own message in the callback.
   */
  readonly damageTold?: FoundBy | undefined;
  /** How long the process may be silent, in milliseconds. */
  readonly silenceMs?: number | undefined;
  /** The page as it was priced with these settings, to be used if it is the page to convert. */
  readonly priced?: PricedPage | undefined;
}

/** A page to convert: what all attempts share. */
export interface PageToConvert {
  readonly opened: OpenedPage;
  readonly priced: PricedPage;
  readonly output: string;
  readonly encoder: EncoderSettings;
  readonly converter: Converter;
  readonly options: PlanningOptions;
}

/** A plan and its limits. */
interface PlannedAttempt {
  readonly plan: ConversionPlan;
  readonly limits: Limits;
}

/**
 * Plans and converts. If the process was killed for memory, hangs or is too slow, plans again with
 * less, until it succeeds or no smaller plan is left. Throws the error of the last attempt, with
 * figures and a remedy.
 */
export async function convertByPlan(
  page: PageToConvert,
  limits: Limits,
): Promise<ConversionResult> {
  const { priced, encoder, options } = page;
  let attempt: PlannedAttempt = { plan: choosePlan(priced, limits, encoder.effort), limits };
  for (;;) {
    const { plan } = attempt;
    options.onPlan?.(plan, attempt.limits);
    try {
      return { ...(await carryOut(page, attempt)), plan };
    } catch (error) {
      if (!(error instanceof ConversionError)) throw error;
      const explained = explain(error, page, attempt);
      if (options.mayReplan?.(error) === false) throw explained;
      const next = await nextAttempt(error, page, attempt);
      if (!next) throw explained;
      options.onReplan?.(explained);
      attempt = next;
    }
  }
}

/** How a plan ended, for the reason of the next one. */
const END: Readonly<Partial<Record<ConversionErrorCode, string>>> = {
  OUT_OF_MEMORY: 'ran out of memory',
  TOO_SLOW: 'was too slow',
  UNRESPONSIVE: 'stopped responding',
};

/**
 * The next plan after an error; undefined if none would help or none smaller fits. It takes less
 * memory, or is `fast` after one that was not, so the attempts end. An explicit effort is never
 * changed.
 */
async function nextAttempt(
  { code }: ConversionError,
  { priced, encoder, options, converter }: PageToConvert,
  { plan, limits: before }: PlannedAttempt,
): Promise<PlannedAttempt | undefined> {
  const effort = encoder.effort === 'auto' ? 'fast' : encoder.effort;
  const isLate = code === 'TOO_SLOW' || code === 'UNRESPONSIVE';
  if (code !== 'OUT_OF_MEMORY' && !(isLate && effort !== plan.effort)) return undefined;
  // As planned before: free memory right after a process was killed means nothing.
  const memoryBytes = isLate
    ? before.memoryBytes
    : Math.min(before.memoryBytes, plan.memoryBytes - 1);
  const limits = await limitsNow({ ...options.budget, memoryBytes }, converter.temporaryFolder);
  const next = planWithin(priced, limits, effort);
  return next && { plan: { ...next, reason: `${plan.effort} ${END[code]}` }, limits };
}

/** A plan; undefined if none fits. */
function planWithin(...choosing: Parameters<typeof choosePlan>): ConversionPlan | undefined {
  try {
    return choosePlan(...choosing);
  } catch (error) {
    if (error instanceof ConversionError) return undefined;
    throw error;
  }
}

function carryOut(
  { opened, priced, output, encoder, converter, options }: PageToConvert,
  { plan }: PlannedAttempt,
): Promise<Made> {
  const { effort, turn, memoryBytes } = plan;
  const { signal, silenceMs } = options;
  const onProgress = paceOf(priced, encoder, plan, options.budget);
  const mayHold = heldBetween(
    opened,
    { ...methodOf(opened.page, encoder), effort, turn },
    memoryBytes,
  );
  const watch = { signal, silenceMs, memoryBytes, mayHold, ...(onProgress ? { onProgress } : {}) };
  const request = { ...pageRequestFor(opened, encoder, { output }), effort, turn };
  return converter.convert({ kind: 'jpeg', ...request }, watch);
}

/**
 * Watches whether the conversion will be in time; if nothing cheaper may be tried, only a hurry
 * ends it.
 */
function paceOf(
  { methods }: PricedPage,
  encoder: EncoderSettings,
  { effort, turn, cpuSeconds }: ConversionPlan,
  budget: Budget = {},
): ((cost: Cost) => boolean) | undefined {
  if (!budget.secondsLeft) return undefined;
  if (encoder.effort !== 'auto' || effort === 'fast')
    return budget.hurry && watchPace({ cpuSeconds }, budget);
  const fast = methods.find((method) => method.effort === 'fast' && method.turn === turn);
  return watchPace({ cpuSeconds, fastCpuSeconds: fast?.cpuSeconds }, budget);
}

/**
 * The error for the caller: with figures if memory ran out, with the TIFF's name if the process
 * ended.
 */
function explain(
  error: ConversionError,
  { opened: { page, name }, encoder }: PageToConvert,
  { plan, limits }: PlannedAttempt,
): ConversionError {
  if (error.code === 'OUT_OF_MEMORY')
    return outOfMemoryError(
      {
        page,
        name,
        neededBytes: plan.memoryBytes,
        limits,
        effort: encoder.effort,
        seen: error.message,
      },
      { cause: error },
    );
  const during = `It was converting "${name}" at effort ${plan.effort}.`;
  if (error.code === 'TOO_SLOW') {
    const words = `${error.message} ${during} Raise TASK_TIMEOUT_MS to give it more time.`;
    return new ConversionError(error.code, words, { cause: error });
  }
  if (error.code !== 'CRASHED' && error.code !== 'UNRESPONSIVE') return error;
  return new ConversionError(error.code, withRemedy(error.message, during), { cause: error });
}
