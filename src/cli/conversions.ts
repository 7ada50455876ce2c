import type { Conversion } from '../lib/convert/attempts.ts';
import { type ChosenPages, pageOption } from '../lib/convert/choose-pages.ts';
import { convertTiff } from '../lib/convert/convert-tiff.ts';
import type { EncoderSettings } from '../lib/convert/encoder-settings.ts';
import type { PagesSetting } from '../lib/convert/pages.ts';
import type { Budget } from '../lib/convert/plan/resources.ts';
import type { Converter } from '../lib/convert/process/converter.ts';
import type { Workspace } from '../lib/workspace.ts';
import type { Reporter } from './reporter.ts';
import { refuseNotedLosses, refuseWarnings, type Strictness } from './strictness.ts';

/** What all conversions of a run share. */
export interface ConvertSession {
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  readonly strict: Strictness;
  readonly budget: Budget;
  readonly reporter: Reporter;
  readonly workspace: Workspace;
  readonly converter: Converter;
  readonly signal: AbortSignal;
}

/** A TIFF that is being converted, as far as its pages are concerned. */
export interface OpenTiff {
  readonly path: string;
  /** How it is called in messages. */
  readonly name: string;
  readonly header: ChosenPages['header'];
}

/**
 * Converts one page, counted from 1, and says on the way what is worth knowing. Throws what `convertTiff`
 * does, and `ConversionError` (`LOSS`, `WARNING`) where a note is to be an error.
 */
export async function convertPage(
  { path, name, header }: OpenTiff,
  number: number,
  jpeg: string,
  { encoder, pages, strict, budget, converter, reporter, signal }: ConvertSession,
): Promise<Conversion> {
  const conversion = await convertTiff(path, jpeg, {
    ...encoder,
    name,
    header,
    page: pageOption(pages, number),
    budget,
    converter,
    signal,
    onReplan: ({ message }) => reporter.warn(`${name}: ${message} Converting again with less`),
  });
  refuseNotedLosses(conversion, name, strict);
  refuseWarnings(conversion, name, strict);
  return conversion;
}

/** Says what was left out or changed on the way. */
export function warnOfNotes(name: string, { notes }: Conversion, reporter: Reporter): void {
  for (const { message } of notes) reporter.warn(`${name}: ${message}`);
}

/** What people and programs may want to know of a conversion. */
export function resultOf({ plan, peakBytes, cpuSeconds, ...rest }: Conversion) {
  const { effort, turn, reading, reason } = plan;
  return {
    ...rest,
    effort,
    turn,
    ...reading,
    reason,
    peak_bytes: peakBytes,
    cpu_seconds: cpuSeconds,
  };
}
