import type { Interfaces } from '@oclif/core';
import { type FoundInputs, findInputs } from '../../lib/collection/inputs/find-inputs.ts';
import type { CollectionRunOptions } from '../../lib/collection/options.ts';
import { runCollection } from '../../lib/collection/run-collection.ts';
import type { LocalConversion } from '../../lib/convert/local-files.ts';
import type { Converter } from '../../lib/convert/process/converter.ts';
import { SettingsError } from '../../lib/errors.ts';
import { programName } from '../../lib/version.ts';
import { convertStream } from '../convert-stream.ts';
import { encoderSettingsOf, strictnessOf } from '../flags.ts';
import type { globalFlags } from '../global-flags.ts';
import type { Session } from '../session.ts';
import { outputTaken, STANDARD_STREAM } from '../standard-streams.ts';
import type { ChosenViews } from './choose-views.ts';
import type { convertFlags } from './convert-flags.ts';
import { collectionViewFlagNames, fileFlagNames, inputFlagNames, inputRequestOf } from './flags.ts';
import { followCollection } from './follow-collection.ts';
import { leaveRun } from './leave-run.ts';
import { refuseMistakenPaths } from './mistaken-paths.ts';
import { collectionOptionsOf, isSingle, planRun } from './plan-run.ts';
import { runOrigin } from './run-origin.ts';
import { endRun, viewsOf } from './session-run.ts';
import { singleView } from './single-view.ts';
import { refuseChecksums, refuseReportPaths, writeReports } from './write-reports.ts';

/** The flags of `convert`, parsed. */
export type ConvertFlags = Interfaces.InferredFlags<typeof convertFlags & typeof globalFlags>;

/** Where `convert` runs. */
export interface ConvertSession extends Session {
  /** A conversion process that has been started already; the caller ends it. */
  readonly converter?: Converter | undefined;
}

/** The inputs of a run, and the findings of its search. */
interface ConversionsToRun extends Pick<FoundInputs, 'unread' | 'warnings'> {
  readonly conversions: readonly LocalConversion[];
  readonly keepRecord: CollectionRunOptions['keepRecord'];
}

/** Carries out `convert` and returns the exit code. Throws `SettingsError` and `FileError`. */
export async function runConvert(
  paths: readonly string[],
  flags: ConvertFlags,
  session: ConvertSession,
): Promise<number> {
  for (const name of ['output', 'out-dir'] as const)
    if (flags[name] === '') throw new SettingsError([`--${name} is empty`]);
  await refuseReportPaths(flags.report ?? [], flags['out-dir']);
  if (!flags.checksum) refuseChecksums(flags.report ?? [], 'needs --checksum');
  if (flags['skip-existing'])
    refuseChecksums(
      flags.report ?? [],
      'cannot be used with --skip-existing, which computes no checksums of the files it skips',
    );
  if (paths.includes(STANDARD_STREAM) || flags.output === STANDARD_STREAM)
    return fromOrToStream(paths, flags, session);
  await refuseMistakenPaths(paths, flags.checksum);
  const request = inputRequestOf(paths, flags);
  const inputs = await findInputs(request, process.stdin, session.stopSignal);
  const { found, unread, warnings } = inputs;
  const nothingToSay = unread.length + warnings.length === 0;
  const single = isSingle(found, paths, flags);
  const { conversions, warnings: more } = await planRun(found, flags);
  const run: ConversionsToRun = {
    conversions,
    unread,
    warnings: [...warnings, ...more],
    // A folder such as /tmp may have a record of another user.
    keepRecord: single ? 'if possible' : true,
  };
  const alone = single && nothingToSay && !collectionViewFlagNames.some((name) => flags[name]);
  const views = alone
    ? await singleViews(found[0].input, flags, session)
    : await viewsOf(session, flags);
  return convert(run, views, flags, session);
}

async function fromOrToStream(
  paths: readonly string[],
  flags: ConvertFlags,
  session: ConvertSession,
): Promise<number> {
  const [input = STANDARD_STREAM, ...others] = paths;
  if (others.length > 0) throw new SettingsError(['- must be the only PATH']);
  if (flags['out-dir']) throw new SettingsError(['--out-dir cannot be used with -; use --output']);
  for (const name of [...inputFlagNames, ...fileFlagNames, 'skip-existing'] as const)
    if (flags[name]) throw new SettingsError([`--${name} cannot be used with -`]);
  const { output = STANDARD_STREAM, page: pages } = flags;
  const stream = { input, output, pages, json: session.jsonEnabled(), signal: session.stopSignal };
  return convertStream(stream, async (conversion) => {
    const shown = output !== STANDARD_STREAM;
    const views = await singleViews(conversion.source?.name ?? input, flags, session, shown);
    return convert(
      { conversions: [conversion], unread: [], warnings: [], keepRecord: false },
      views,
      flags,
      session,
    );
  });
}

/**
 * The views of a run over one file; its result is not shown if the JPEG itself goes to stdout.
 */
async function singleViews(
  name: string,
  flags: ConvertFlags,
  session: Session,
  shown = true,
): Promise<ChosenViews> {
  if (session.jsonEnabled()) return viewsOf(session, flags);
  const result = (line: string) => session.result(session.clean(line));
  return singleView({
    name,
    reporter: await session.reporter(flags),
    result: shown ? result : undefined,
    count: flags.quiet ? (line) => session.note(line) : undefined,
    taken: () => outputTaken(session.stopSignal),
  });
}

async function convert(
  { conversions, unread, warnings, keepRecord }: ConversionsToRun,
  views: ChosenViews,
  flags: ConvertFlags,
  session: ConvertSession,
): Promise<number> {
  const startedAt = new Date();
  const encoder = encoderSettingsOf(flags);
  const options = collectionOptionsOf(flags, {
    encoder,
    strict: strictnessOf(flags),
    keepRecord,
    unread,
    signal: session.stopSignal,
    program: programName(),
    converter: session.converter,
  });
  const events = runCollection(conversions, options);
  session.onSecondStop((name) => leaveRun(name, conversions, views));
  const inputs = conversions.map(({ input }) => input);
  const run = { events, inputs, warnings, signal: options.signal };
  const outcome = await followCollection(run, views);
  await writeReports(outcome, {
    paths: flags.report ?? [],
    program: programName(),
    ...runOrigin(session),
    startedAt,
    encoder,
    jobs: options.jobs,
    signal: options.signal,
    reporter: await session.reporter({ quiet: flags.quiet || flags['json-lines'] }),
  });
  return endRun(session, outcome);
}
