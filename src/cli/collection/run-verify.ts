import { availableParallelism } from 'node:os';
import type { Interfaces } from '@oclif/core';
import { type FoundInputs, findInputs } from '../../lib/collection/inputs/find-inputs.ts';
import { readPairs } from '../../lib/collection/inputs/pairs.ts';
import { planOutputs } from '../../lib/collection/outputs.ts';
import { runVerification } from '../../lib/collection/verify/run-verification.ts';
import { refuseOtherRecord } from '../../lib/collection/verify/verified-records.ts';
import { encoderSettings } from '../../lib/convert/encoder-settings.ts';
import type { LocalConversion } from '../../lib/convert/local-files.ts';
import { defaultLikenessBounds } from '../../lib/convert/verify/likeness.ts';
import { SettingsError } from '../../lib/errors.ts';
import { readConversionBudget } from '../../lib/task/settings.ts';
import { programName } from '../../lib/version.ts';
import { processEnvironment } from '../environment.ts';
import type { globalFlags } from '../global-flags.ts';
import type { Session } from '../session.ts';
import { STANDARD_STREAM } from '../standard-streams.ts';
import { inputRequestOf } from './flags.ts';
import { followCollection } from './follow-collection.ts';
import { leaveRun } from './leave-run.ts';
import { refusePathsOfJpegs } from './mistaken-paths.ts';
import { runOrigin } from './run-origin.ts';
import { endRun, viewsOf } from './session-run.ts';
import type { verificationFlags } from './verify-flags.ts';
import { refuseChecksums, refuseReportPaths, writeReports } from './write-reports.ts';

/** The flags of `verify`, parsed. */
export type VerifyFlags = Interfaces.InferredFlags<typeof verificationFlags & typeof globalFlags>;

/** Carries out `verify` and returns the exit code. Throws `SettingsError` and `FileError`. */
export async function runVerify(
  paths: readonly string[],
  flags: VerifyFlags,
  session: Session,
): Promise<number> {
  const { record, quality, background, report = [] } = flags;
  for (const name of ['out-dir', 'pairs', 'record'] as const)
    if (flags[name] === '') throw new SettingsError([`--${name} is empty`]);
  if (paths.includes(STANDARD_STREAM))
    throw new SettingsError(['- is not a file with a JPEG; to read a list of pairs: --pairs -']);
  refusePathsOfJpegs(paths);
  await refuseReportPaths(report);
  refuseChecksums(report);
  if (record !== undefined) await refuseOtherRecord(record);
  const { pairs, unread, warnings } = await findPairs(paths, flags, session.stopSignal);
  const views = await viewsOf(session, flags);
  const startedAt = new Date();
  const options = {
    pages: flags.page,
    bounds: defaultLikenessBounds,
    asked: { quality, background },
    budget: readConversionBudget(processEnvironment()),
    jobs: flags.jobs ?? availableParallelism(),
    force: flags.force,
    record,
    failFast: flags['fail-fast'],
    dryRun: flags['dry-run'],
    unread,
    signal: session.stopSignal,
    program: programName(),
  };
  session.onSecondStop((name) => leaveRun(name, pairs, views));
  const events = runVerification(pairs, options);
  const inputs = pairs.map(({ input }) => input);
  const run = { events, inputs, warnings, signal: options.signal };
  const outcome = await followCollection(run, views);
  await writeReports(outcome, {
    paths: report,
    program: programName(),
    ...runOrigin(session),
    startedAt,
    encoder: encoderSettings({ background }),
    verification: { quality },
    jobs: options.jobs,
    signal: options.signal,
    reporter: await session.reporter({ quiet: flags.quiet || flags['json-lines'] }),
  });
  return endRun(session, outcome);
}

/** The TIFFs and the first of their JPEGs, and the findings of the search. */
interface FoundPairs extends Pick<FoundInputs, 'unread' | 'warnings'> {
  readonly pairs: readonly LocalConversion[];
}

async function findPairs(
  paths: readonly string[],
  flags: VerifyFlags,
  signal: AbortSignal,
): Promise<FoundPairs> {
  const { pairs: list, 'out-dir': outDir, page: pages } = flags;
  if (list !== undefined) {
    if (paths.length > 0)
      throw new SettingsError(['--pairs names the TIFFs, so it cannot be used with PATH']);
    return { pairs: await readPairs(list, process.stdin, signal), unread: [], warnings: [] };
  }
  const request = inputRequestOf(paths, flags);
  const { found, unread, warnings } = await findInputs(request, process.stdin, signal);
  const { conversions, warnings: more } = await planOutputs(found, { outDir, pages });
  return { pairs: conversions, unread, warnings: [...warnings, ...more] };
}
