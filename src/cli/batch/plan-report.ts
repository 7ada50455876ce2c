import { type LogFindings, searchLog } from '../../lib/callback/log-search.ts';
import { SettingsError } from '../../lib/errors.ts';
import { whatIsOpen } from '../../lib/reconcile/standing.ts';
import { type Survey, type SurveyedTiff, surveyBatch } from '../../lib/reconcile/survey.ts';
import { readLog } from '../callback/body.ts';
import type { CollectionOutcome } from '../collection/view.ts';
import type { ReportSession } from './report-session.ts';
import type { ReportState } from './report-state.ts';

/**
 * Determines the standing of each TIFF's success. Throws `SettingsError`, `StorageError` and
 * `FileError`.
 */
export async function surveyOf(session: ReportSession): Promise<Survey> {
  const { storage, prefix, tiffs, flags, outbox, request, reporter } = session;
  if (flags['task-id'] !== undefined && tiffs.length > 1)
    throw new SettingsError([
      `--task-id needs a single TIFF, but ${tiffs.length} are chosen: narrow PREFIX or --include`,
    ]);
  const log = await logOf(session);
  const activity = reporter.begin('Checking what is already reported');
  try {
    const survey = await surveyBatch({
      storage,
      prefix,
      selected: tiffs,
      options: request,
      batchId: flags['batch-id'],
      taskId: flags['task-id'],
      records: { outbox, log },
    });
    activity.done();
    return survey;
  } catch (error) {
    activity.failed();
    throw error;
  }
}

/** All logs joined into one: a platform may split them anywhere. */
async function logOf({ flags, signal }: ReportSession): Promise<LogFindings | undefined> {
  if (flags.log === undefined) return undefined;
  const texts: string[] = [];
  for (const path of flags.log) texts.push(await readLog(path, signal));
  return searchLog(texts.join('\n'));
}

/** Whether a TIFF is converted, even if it is not sent. */
export function isConverted(tiff: SurveyedTiff, includeUnknown: boolean): boolean {
  const { standing } = tiff;
  return (
    todoOf(tiff, includeUnknown) === 'convert' || (standing.kind === 'held' && standing.convert)
  );
}

/** Whether the JPEG of a TIFF is sent as it is or converted first; undefined if it is not sent. */
export function todoOf(
  tiff: SurveyedTiff,
  includeUnknown: boolean,
): 'send' | 'convert' | undefined {
  const { standing } = tiff;
  if (standing.kind === 'unknown' && includeUnknown) return whatIsOpen(tiff);
  return standing.kind === 'send' || standing.kind === 'convert' ? standing.kind : undefined;
}

/** The states before anything is done, given the conversion plan. */
export function plannedStates(
  tiffs: readonly SurveyedTiff[],
  { records }: CollectionOutcome,
  includeUnknown: boolean,
): ReportState[] {
  const plans = new Map(records.map((record) => [record.input, record]));
  return tiffs.map((tiff) => {
    if (todoOf(tiff, includeUnknown) === 'send') return { tiff, state: 'to_send' };
    if (isConverted(tiff, includeUnknown)) return toConvert(tiff, plans.get(tiff.key));
    return stateOfStanding(tiff);
  });
}

type Record = CollectionOutcome['records'][number];

function toConvert(tiff: SurveyedTiff, record: Record | undefined): ReportState {
  if (record?.status === 'failed' || record?.status === 'would_fail')
    return { tiff, state: 'not_converted', reason: record.error.message };
  if (!record) return { tiff, state: 'left' };
  const { output } = record;
  if (tiff.standing.kind === 'held') return { ...stateOfStanding(tiff), output };
  return { tiff, state: record.status === 'due' ? 'to_convert' : 'to_send', output };
}

function stateOfStanding(tiff: SurveyedTiff): ReportState {
  const { standing } = tiff;
  if (standing.kind === 'send' || standing.kind === 'convert') return { tiff, state: 'left' };
  const state = standing.kind === 'delivered' ? 'already_delivered' : standing.kind;
  return { tiff, state, reason: standing.reason };
}
