import type { Conversion } from '../convert/attempts.ts';
import { pageOption } from '../convert/choose-pages.ts';
import { convertInPlace } from '../convert/convert-in-place.ts';
import type { TiffHeader } from '../convert/header/tiff-header.ts';
import type { ConversionPlan, Limits } from '../convert/plan/plan.ts';
import type { Budget } from '../convert/plan/resources.ts';
import { fileNameOf } from '../keys.ts';
import type { TaskLog } from '../log.ts';
import type { Job } from './job.ts';

/** Which page of a TIFF a conversion is for, and what for. */
export interface PageConversion {
  readonly tiffPath: string;
  readonly jpegPath: string;
  readonly header: TiffHeader;
  /** The page, counted from 1. */
  readonly number: number;
  readonly budget: Budget;
  /** Its number where it is a further page, for the log. */
  readonly further: number | undefined;
}

/** The conversion of a page of a task: within its budget, with its plan in the log. */
export function convertForTask(
  { settings, options, deadlines, converter }: Job,
  { tiffPath, jpegPath, header, number, budget, further: page }: PageConversion,
): Promise<Conversion> {
  const { log, patience } = options;
  const { effort } = settings.encoder;
  const { hurry, secondsLeft } = budget;
  return convertInPlace(tiffPath, jpegPath, {
    ...settings.encoder,
    // What is begun after a stop signal has no time for anything else.
    effort: hurry?.isOn() && effort === 'auto' ? 'fast' : effort,
    name: fileNameOf(settings.inputKey),
    header,
    page: pageOption(settings.pages, number),
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
  });
}

/** What a finished conversion has to say in the log; `page` is its number where it is a further page. */
export function logConversion(
  log: TaskLog,
  { bytes, notes, plan, peakBytes, cpuSeconds }: Conversion,
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
