import type { Conversion } from '../lib/convert/attempts.ts';
import type { EncoderSettings } from '../lib/convert/encoder-settings.ts';
import type { Budget } from '../lib/convert/plan/resources.ts';
import type { Converter } from '../lib/convert/process/converter.ts';
import type { Workspace } from '../lib/workspace.ts';
import type { Reporter } from './reporter.ts';
import type { Strictness } from './strictness.ts';

/** What `convert --json` says of one file. */
export type FileResult =
  | ({ input: string; output: string; ms: number } & ReturnType<typeof resultOf>)
  | { input: string; output: string; error: { code: string; message: string } };

/** How one file is converted. */
export interface ConvertFileOptions {
  readonly force: boolean;
  readonly 'out-dir'?: string | undefined;
  /** Files that are never overwritten. */
  readonly sources: readonly string[];
  /** Where the TIFF lies, and how it is called in messages, if not by its input. */
  readonly path?: string;
  readonly name?: string;
}

/** What all conversions of a run share. */
export interface ConvertSession {
  readonly encoder: EncoderSettings;
  readonly strict: Strictness;
  readonly budget: Budget;
  readonly reporter: Reporter;
  readonly workspace: Workspace;
  readonly converter: Converter;
}

/** What people and programs may want to know of a conversion. */
export function resultOf({ plan, peakBytes, cpuSeconds, ...rest }: Conversion) {
  const { effort, turn, reason } = plan;
  return { ...rest, effort, turn, reason, peak_bytes: peakBytes, cpu_seconds: cpuSeconds };
}
