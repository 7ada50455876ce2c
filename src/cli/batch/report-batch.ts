import type { BatchReportDocument } from '../../lib/documents/documents.ts';
import { ArkeError } from '../../lib/errors.ts';
import { shownUrl } from '../../lib/http-url.ts';
import type { Survey, SurveyedTiff } from '../../lib/reconcile/survey.ts';
import { documentOf } from '../collection/json.ts';
import type { CollectionOutcome } from '../collection/view.ts';
import { isConverted, plannedStates, surveyOf, todoOf } from './plan-report.ts';
import { batchesText, outcomeLines, planLines } from './report-lines.ts';
import type { ReportSession } from './report-session.ts';
import { callbacksOf, isHome, type ReportState } from './report-state.ts';
import { sendReports } from './send-reports.ts';

/**
 * Brings a batch home: converts what has no JPEG, and reports what the orchestrator is not known to have. Throws
 * `SettingsError`, `StorageError`, `FileError`, and `ArkeError` (`NOT_SENT`) where nobody agrees.
 */
export async function reportBatch(session: ReportSession): Promise<BatchReportDocument> {
  const { flags, result, note } = session;
  const survey = await surveyOf(session);
  const surveyed = survey.tiffs;
  const toConvert = surveyed.filter((tiff) => isConverted(tiff, flags['include-unknown']));
  const planned = await session.convert(toConvert, { dryRun: true, isShown: flags['dry-run'] });
  const plan = plannedStates(surveyed, planned, flags['include-unknown']);
  for (const line of planLines(plan, survey)) (flags['dry-run'] ? result : note)(line);
  if (flags['dry-run']) return documentFor(planned, plan);
  await agree(plan, survey, session);
  const states = new Map(plan.map((state) => [state.tiff.key, state]));
  const outcome = await carryOut(surveyed, toConvert, session, (state) =>
    states.set(state.tiff.key, state),
  );
  const all = [...states.values()];
  for (const line of outcomeLines(all, survey)) note(line);
  return documentFor(outcome, all);
}

async function carryOut(
  surveyed: readonly SurveyedTiff[],
  toConvert: readonly SurveyedTiff[],
  session: ReportSession,
  onState: (state: ReportState) => void,
): Promise<CollectionOutcome> {
  const { flags } = session;
  const wanted = (todo: 'send' | 'convert') =>
    surveyed.filter((tiff) => todoOf(tiff, flags['include-unknown']) === todo);
  // What is ready goes first: the batch may be over soon.
  await sendReports(wanted('send'), session, onState);
  const isShown = toConvert.length > 0;
  const outcome = await session.convert(toConvert, { dryRun: false, isShown });
  const unmade = unmadeStates(toConvert, outcome);
  for (const state of unmade.values()) onState(state);
  const made = wanted('convert').filter(({ key }) => !unmade.has(key));
  await sendReports(made, session, onState);
  return outcome;
}

/** How the TIFFs stand, by their keys, whose JPEGs are not there after the conversions. */
function unmadeStates(
  tiffs: readonly SurveyedTiff[],
  { records }: CollectionOutcome,
): ReadonlyMap<string, ReportState> {
  const unmade = new Map(tiffs.map((tiff) => [tiff.key, { tiff, state: 'left' } as ReportState]));
  for (const record of records) {
    const tiff = unmade.get(record.input)?.tiff;
    if (record.status === 'converted' || record.status === 'skipped') unmade.delete(record.input);
    if (tiff && record.status === 'failed')
      unmade.set(tiff.key, { tiff, state: 'not_converted', reason: record.error.message });
  }
  return unmade;
}

/** Asks whether the plan is to be carried out, where there is anything to do. */
async function agree(
  states: readonly ReportState[],
  { batches }: Survey,
  { flags, ask, url, signal }: ReportSession,
): Promise<void> {
  const number = (state: ReportState['state']) =>
    states.filter((one) => one.state === state).length;
  const [toConvert, toSend] = [number('to_convert'), number('to_send')];
  if (toConvert + toSend === 0 || flags.yes) return;
  const convert = toConvert > 0 ? `Convert ${toConvert}, and send ` : 'Send ';
  const callbacks = toConvert + toSend === 1 ? '1 callback' : `${toConvert + toSend} callbacks`;
  const question = `${convert}${callbacks} of ${batchesText(batches)} to ${shownUrl(url)}? [y/N] `;
  const answer = (await ask?.(question)) ?? '';
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new ArkeError('NOT_SENT', 'Nothing was converted and nothing was sent.');
  signal.throwIfAborted();
}

function documentFor(
  outcome: CollectionOutcome,
  states: readonly ReportState[],
): BatchReportDocument {
  const inputs = states.map(({ tiff }) => tiff.key);
  return {
    ...documentOf(outcome, inputs),
    callbacks: callbacksOf(states),
    complete: states.every(isHome),
  };
}
