import { availableParallelism } from 'node:os';
import type { CollectionWarning, FoundTiff } from '../../lib/collection/inputs/find-inputs.ts';
import type { CollectionRunOptions } from '../../lib/collection/options.ts';
import { planOutputs } from '../../lib/collection/outputs.ts';
import type { EncoderSettings } from '../../lib/convert/encoder-settings.ts';
import type { LocalConversion } from '../../lib/convert/local-files.ts';
import type { PagesSetting } from '../../lib/convert/pages.ts';
import type { Strictness } from '../../lib/convert/strictness.ts';
import { defaultLikenessBounds } from '../../lib/convert/verify/likeness.ts';
import { SettingsError } from '../../lib/errors.ts';
import { readConversionBudget } from '../../lib/task/settings.ts';
import { processEnvironment } from '../environment.ts';
import type { ParsedInputFlags, ParsedRunFlags } from './flags.ts';

/** Where JPEGs go, by flags. */
interface ParsedTargetFlags {
  readonly output?: string | undefined;
  readonly 'out-dir'?: string | undefined;
  readonly force: boolean;
  readonly page: PagesSetting;
}

/** Whether exactly one file is named and nothing searched, so that its result needs no counts. */
export function isSingle(
  found: readonly FoundTiff[],
  paths: readonly string[],
  flags: ParsedTargetFlags & ParsedInputFlags,
): found is readonly [FoundTiff] {
  if (found.length !== 1) return false;
  if (flags.output !== undefined) return true;
  if (flags['out-dir'] !== undefined || flags['files-from'] !== undefined) return false;
  return paths.length === 1 && found[0]?.input === paths[0];
}

/**
 * Which TIFF becomes which JPEG, with warnings. Throws `SettingsError` if there are several for one
 * output.
 */
export async function planRun(
  found: readonly FoundTiff[],
  flags: ParsedTargetFlags,
): Promise<{
  readonly conversions: readonly LocalConversion[];
  readonly warnings: readonly CollectionWarning[];
}> {
  const { output, page } = flags;
  if (output === undefined) return planOutputs(found, { outDir: flags['out-dir'], pages: page });
  if (found.length > 1)
    throw new SettingsError([
      `--output names one file, but there are ${found.length} TIFFs; use --out-dir for several`,
    ]);
  return { conversions: found.map(({ input }) => ({ input, output })), warnings: [] };
}

/** The options of a run, from flags, environment and command. Throws `SettingsError`. */
export function collectionOptionsOf(
  flags: ParsedTargetFlags & ParsedRunFlags,
  rest: {
    readonly encoder: EncoderSettings;
    readonly strict: Strictness;
    readonly keepRecord: CollectionRunOptions['keepRecord'];
    readonly unread: CollectionRunOptions['unread'];
    readonly signal: AbortSignal;
    readonly program: string;
    readonly converter: CollectionRunOptions['converter'];
  },
): CollectionRunOptions {
  return {
    ...rest,
    pages: flags.page,
    budget: readConversionBudget(processEnvironment()),
    jobs: flags.jobs ?? availableParallelism(),
    force: flags.force,
    skipExisting: flags['skip-existing'],
    outDir: flags['out-dir'],
    checksum: flags.checksum,
    verify: flags.verify ? defaultLikenessBounds : undefined,
    preserveTimestamps: flags['preserve-timestamps'],
    failFast: flags['fail-fast'],
    dryRun: flags['dry-run'],
  };
}
