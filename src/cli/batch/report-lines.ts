import type { Survey } from '../../lib/reconcile/survey.ts';
import { sizeOf } from '../../lib/size-words.ts';
import { upperFirst } from '../../lib/upper-first.ts';
import { aboutFile } from '../format.ts';
import { isHome, type ReportState, remedyOf, type StateName, stateWords } from './report-state.ts';

/**
 * The summary of a plan: counts with sizes, and each TIFF that would not be reported, with the
 * reason.
 */
export function planLines(states: readonly ReportState[], survey: Survey): string[] {
  const counts = statesIn(states).map((state) => {
    const of = states.filter((one) => one.state === state);
    return `  ${of.length} ${stateWords[state]}${sizeText(state, of)}`;
  });
  const head = `${count(states.length, 'TIFF')} of ${batchesText(survey.batches)} in the plan:`;
  return [head, ...counts, ...sections(states, survey)];
}

/**
 * The summary of a report: counts, each TIFF that the orchestrator lacks, and whether it has all.
 */
export function outcomeLines(states: readonly ReportState[], survey: Survey): string[] {
  const counts = statesIn(states).map(
    (state) => `${states.filter((one) => one.state === state).length} ${stateWords[state]}`,
  );
  return [
    `${count(states.length, 'TIFF')}: ${counts.join(', ')}`,
    ...sections(states, survey),
    completeText(states, survey),
  ];
}

/**
 * Whether the orchestrator has all pictures: a batch is complete only if none of its TIFFs was left
 * out.
 */
function completeText(states: readonly ReportState[], { batches, leftOut }: Survey): string {
  const missing = states.filter((one) => !isHome(one)).length;
  const [all, has] = [states.length, 'The orchestrator has'];
  const what = leftOut > 0 ? 'chosen picture' : 'picture';
  const left =
    leftOut > 0
      ? ` ${count(leftOut, 'TIFF')} of ${batches.length === 1 ? 'the batch' : 'these batches'} ${leftOut === 1 ? 'was' : 'were'} not chosen.`
      : '';
  if (missing > 0)
    return `Not complete: ${missing} of ${count(all, what)} ${missing === 1 ? 'is' : 'are'} not known to be with the orchestrator.${left}`;
  const whole = all === 1 ? `the ${what}` : `all ${count(all, what)}`;
  if (leftOut > 0) return `${has} ${whole}.${left}`;
  return `${batches.length === 1 ? 'The batch is' : 'The batches are'} complete: the orchestrator has ${whole}.`;
}

/** Batches for people; a few are listed by name. */
export function batchesText(batches: readonly string[]): string {
  if (batches.length === 1) return `the batch ${batches[0]}`;
  const more = batches.length > 5 ? `, … and ${batches.length - 5} more` : '';
  return `${batches.length} batches (${batches.slice(0, 5).join(', ')}${more})`;
}

function sections(states: readonly ReportState[], survey: Survey): string[] {
  const missing = states.filter((one) => !isHome(one));
  return statesIn(missing).flatMap((state) => {
    const remedy = remedyOf(state, survey);
    const title = `${upperFirst(stateWords[state])}${remedy === undefined ? '' : ` (${remedy})`}:`;
    const of = missing.filter((one) => one.state === state);
    return [
      title,
      ...of.map(({ tiff, reason }) => `  ${aboutFile(tiff.key, reason ?? stateWords[state])}`),
    ];
  });
}

function statesIn(states: readonly ReportState[]): StateName[] {
  return (Object.keys(stateWords) as StateName[]).filter((state) =>
    states.some((one) => one.state === state),
  );
}

/** Sizes of the TIFFs that are still to be converted, else of the JPEGs. */
function sizeText(state: StateName, of: readonly ReportState[]): string {
  const made = of.filter(({ tiff, output }) => state === 'held' && output && !tiff.jpeg);
  if (made.length > 0) return `, ${made.length} of them to convert all the same`;
  const bytes = of.reduce(
    (sum, { tiff }) => sum + (state === 'to_convert' ? tiff.size : (tiff.jpeg?.size ?? 0)),
    0,
  );
  if (bytes === 0) return '';
  return ` (${sizeOf(bytes)} of ${state === 'to_convert' ? 'TIFFs' : 'JPEGs'})`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
