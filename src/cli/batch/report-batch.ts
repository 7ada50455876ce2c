import type { BatchReportDocument } from '../../lib/documents/documents.ts';
import { ArkeError } from '../../lib/errors.ts';
import { shownUrl } from '../../lib/http-url.ts';
import type { Survey, SurveyedTiff } from '../../lib/reconcile/survey.ts';
import { documentOf } from '../collection/json.ts';
import { type CollectionOutcome, inOrder } from '../collection/view.ts';
import { isConverted, plannedStates, surveyOf } from './plan-report.ts';
import { batchesText, outcomeLines, planLines } from './report-lines.ts';
import type { ReportSession } from './report-session.ts';
import { callbacksOf, isHome, type ReportState } from './report-state.ts';
import { openReports } from './send-reports.ts';

/**
 * Completes a batch: converts what has no JPEG, and reports what the orchestrator is not known to
 * have. Throws `SettingsError`, `StorageError`, `FileError`, and `ArkeError` (`NOT_SENT`) without
 * consent.
 */
export async function reportBatch(session: ReportSession): Promise<BatchReportDocument> {
  const { flags, result, note } = session;
  const survey = await surveyOf(session);
  const surveyed = survey.tiffs;
  const toConvert = surveyed.filter((tiff) => isConverted(tiff, flags['include-unknown']));
  const planned = await session.convert(toConvert, {
    dryRun: true,
    isShown: flags['dry-run'] && toConvert.length > 0,
  });
  const plan = plannedStates(surveyed, planned, flags['include-unknown']);
  for (const line of planLines(plan, survey)) (flags['dry-run'] ? result : note)(line);
  if (flags['dry-run']) return documentFor(planned, plan);
  await agree(plan, toConvert.length, survey, session);
  const states = new Map(plan.map((state) => [state.tiff.key, state]));
  const tellOutcome = (all: readonly ReportState[]) => {
    for (const line of outcomeLines(all, survey)) note(line);
  };
  try {
    const outcome = await carryOut(plan, toConvert, session, (state) =>
      states.set(state.tiff.key, state),
    );
    const all = [...states.values()];
    tellOutcome(all);
    return documentFor(outcome, all);
  } catch (error) {
    // Callbacks were sent, though a report of the conversions could not be written.
    tellOutcome([...states.values()].map(unfinished));
    throw error;
  }
}

function unfinished(state: ReportState): ReportState {
  return state.state === 'to_convert' ? { ...state, state: 'left' } : state;
}

/**
 * Converts and sends: existing JPEGs at once, others as soon as they are uploaded, because the
 * batch may end soon.
 */
async function carryOut(
  plan: readonly ReportState[],
  toConvert: readonly SurveyedTiff[],
  session: ReportSession,
  onState: (state: ReportState) => void,
): Promise<CollectionOutcome> {
  const reports = openReports(session, onState);
  for (const { state, tiff } of plan) if (state === 'to_send') reports.send(tiff);
  // Held TIFFs are converted too, but not sent.
  const wanted = new Map(
    toConvert.filter(({ standing }) => standing.kind !== 'held').map((tiff) => [tiff.key, tiff]),
  );
  try {
    const outcome = await session.convert(toConvert, {
      dryRun: false,
      isShown: toConvert.length > 0,
      onUploaded: async (key, signal) => {
        const tiff = wanted.get(key);
        if (tiff) await reports.keepAndSend(tiff, signal);
      },
    });
    const unmade = unmadeStates(toConvert, outcome);
    for (const state of unmade.values()) {
      // What is held stays so, unless its conversion failed.
      const isHeld = state.state === 'left' && !wanted.has(state.tiff.key);
      if (!isHeld && !reports.has(state.tiff)) onState(state);
    }
    // Another process has made its JPEG meanwhile.
    for (const tiff of wanted.values()) if (!unmade.has(tiff.key)) reports.send(tiff);
    return outcome;
  } finally {
    await reports.sent();
  }
}

/** The states, by key, of TIFFs whose JPEGs are missing after the conversions. */
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

/** Asks for consent to the plan if there is anything to do. */
async function agree(
  states: readonly ReportState[],
  toConvert: number,
  { batches }: Survey,
  { flags, ask, url, signal }: ReportSession,
): Promise<void> {
  const toSend = states.filter(({ state }) => ['to_convert', 'to_send'].includes(state)).length;
  if (toConvert + toSend === 0 || flags.yes) return;
  const convert = toConvert > 0 ? `Convert ${toConvert}, and send ` : 'Send ';
  const callbacks = toSend === 1 ? '1 callback' : `${toSend} callbacks`;
  const question = `${convert}${callbacks} of ${batchesText(batches)} to ${shownUrl(url)}? [y/N] `;
  const answer = (await ask?.(question)) ?? '';
  if (!/^y(es)?$/i.test(answer.trim()))
    throw new ArkeError('NOT_SENT', 'Nothing was converted or sent.');
  signal.throwIfAborted();
}

function documentFor(
  outcome: CollectionOutcome,
  states: readonly ReportState[],
): BatchReportDocument {
  const inputs = states.map(({ tiff }) => tiff.key);
  return {
    ...documentOf(inOrder(outcome, inputs)),
    callbacks: callbacksOf(states),
    complete: states.every(isHome),
  };
}
