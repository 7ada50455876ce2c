import type { ConversionResult } from '../convert/attempts.ts';
import type { ConversionPlan, Limits } from '../convert/plan/plan.ts';
import type { Budget } from '../convert/plan/resources.ts';
import type { TaskLog } from '../log.ts';
import type { MakingOptions } from '../outputs/make-pages.ts';
import type { RunningTask } from './running-task.ts';

/** What of a task is needed to make its pages. */
export type MakingTask = Pick<RunningTask, 'settings' | 'options' | 'deadlines' | 'converter'>;

/**
 * How a page of a task is made: within its budget, with its plan in the log; `page` is its number
 * where it is a further page.
 */
export function taskMaking(
  { settings, options, deadlines, converter }: MakingTask,
  budget: Budget,
  page: number | undefined,
): MakingOptions {
  const { log, patience } = options;
  const { encoder, pages } = settings;
  const { hurry, secondsLeft } = budget;
  // What is begun after a stop signal has no time for anything else.
  const effort = hurry?.isOn() && encoder.effort === 'auto' ? 'fast' : encoder.effort;
  return {
    encoder: { ...encoder, effort },
    pages,
    budget,
    converter,
    signal: deadlines.conversion.signal,
    damageTold: 'by sharp',
    silenceMs: patience?.silenceMs,
    onPlan: (plan, limits) => {
      log({ event: 'conversion.planned', page, ...planFields(plan), ...limitFields(limits) });
      if (hurry?.isOn() && secondsLeft && plan.cpuSeconds > secondsLeft()) hurry.giveUp();
    },
    onReplan: ({ code, message }) => log({ event: 'conversion.replanned', page, code, message }),
  };
}

/** Logs a finished conversion; `page` is its number if it is a further page. */
export function logConversion(
  log: TaskLog,
  { bytes, notes, plan, peakBytes, cpuSeconds }: ConversionResult,
  ms: number,
  page: number | undefined,
): void {
  if (page === undefined) log({ event: 'jpeg.converted', bytes, ms });
  else log({ event: 'page.converted', page, bytes, ms });
  log({
    event: 'conversion.measured',
    page,
    ...planFields(plan),
    peak_bytes: peakBytes,
    cpu_seconds: hundredths(cpuSeconds),
  });
  for (const { code, message } of notes) log({ event: 'warning', page, code, message });
}

function planFields({ effort, turn, reading, reason, memoryBytes, cpuSeconds }: ConversionPlan) {
  return {
    effort,
    turn,
    reader: reading.reader,
    feature: reading.feature,
    reason,
    predicted_peak_bytes: Math.round(memoryBytes),
    predicted_cpu_seconds: hundredths(cpuSeconds),
  };
}

function limitFields({ memoryBytes, cpuSeconds }: Limits) {
  return { memory_limit_bytes: Math.round(memoryBytes), cpu_limit_seconds: hundredths(cpuSeconds) };
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}
