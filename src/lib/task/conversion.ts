import type { Conversion } from '../convert/attempts.ts';
import { convertTiff } from '../convert/convert-tiff.ts';
import type { ConversionPlan, Limits } from '../convert/plan/plan.ts';
import type { TaskLog } from '../log.ts';
import { fileNameOf } from '../storage/keys.ts';
import { conversionBudget } from './budget.ts';
import type { Job } from './job.ts';

/** The conversion of a task: within its budget, with its plan in the log. */
export function convertForTask(
  { settings, options, deadlines, converter }: Job,
  tiffPath: string,
  jpegPath: string,
): Promise<Conversion> {
  const { log, patience } = options;
  const deadline = deadlines.conversion;
  return convertTiff(tiffPath, jpegPath, {
    ...settings.encoder,
    name: fileNameOf(settings.inputKey),
    budget: conversionBudget(settings.budget, deadline),
    converter,
    signal: deadline.signal,
    silenceMs: patience?.silenceMs,
    onPlan: (plan, limits) =>
      log({ event: 'conversion.planned', ...planFields(plan), ...limitFields(limits) }),
    onReplan: ({ code, message }) => log({ event: 'conversion.replanned', code, message }),
  });
}

/** What a finished conversion has to say in the log. */
export function logConversion(log: TaskLog, conversion: Conversion, ms: number): void {
  const { bytes, notes, plan, peakBytes, cpuSeconds } = conversion;
  log({ event: 'jpeg.converted', bytes, ms });
  log({
    event: 'conversion.measured',
    ...planFields(plan),
    peak_bytes: peakBytes,
    cpu_seconds: hundredths(cpuSeconds),
  });
  for (const { code, message } of notes) log({ event: 'warning', code, message });
}

function planFields({ effort, turn, reason, memoryBytes, cpuSeconds }: ConversionPlan) {
  return {
    effort,
    turn,
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
