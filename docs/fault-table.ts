import type { Cell, Times } from '../test/slow/faults/cell.ts';
import { childKilled, deadlines, parentKilled, signals } from '../test/slow/faults/events.ts';
import { lateSuccesses } from '../test/slow/faults/late.ts';
import { outboxes } from '../test/slow/faults/outbox.ts';
import type { Outcome } from '../test/slow/faults/outcome.ts';
import { resources } from '../test/slow/faults/resources.ts';
import { cells } from '../test/slow/faults/table.ts';
import { tls } from '../test/slow/faults/tls.ts';

const TIMES: readonly Times[] = ['once', 'twice', 'for good'];

/** The fault table of the tests as Markdown. */
export function renderFaultTable(): string {
  const stages = [...new Set(cells.map(({ stage }) => stage))];
  const events = [
    ...[...signals, ...parentKilled, ...childKilled, ...deadlines],
    ...[...outboxes, ...lateSuccesses, ...tls, ...resources],
  ];
  return [
    `${cells.length} faults of the network and ${events.length} of processes, memory and disk; each is a run of the packed program.`,
    ...stages.map((stage) => networkTable(stage)),
    `### Signals, processes, memory, disk\n\n${eventTable(events)}`,
  ].join('\n\n');
}

function networkTable(stage: string): string {
  const here = cells.filter((cell) => cell.stage === stage);
  const lines = [...new Set(here.map(({ fault }) => fault))].map((fault) => {
    const text = TIMES.map((times) => textOf(here, fault, times)).join(' | ');
    // Statuses that differ in their number only share a line.
    const key = /^\d+$/.test(fault) ? text.replaceAll(fault, 'that status') : text;
    return { fault, text, key };
  });
  const rows = [...new Set(lines.map(({ key }) => key))].map((key) => {
    const alike = lines.filter((line) => line.key === key);
    const faults = alike.map(({ fault }) => fault).join(', ');
    return `| ${faults} | ${alike.length > 1 ? key : alike[0]?.text} |`;
  });
  const head = [`| fault | ${TIMES.join(' | ')} |`, '|---|---|---|---|'];
  return [`### ${stage}`, '', ...head, ...rows].join('\n');
}

function textOf(here: readonly Cell[], fault: string, times: Times): string {
  const cell = here.find((one) => one.fault === fault && one.times === times);
  return cell ? describeOutcome(cell.outcome) : '–';
}

function eventTable(events: readonly { event: string; stage: string; outcome: Outcome }[]): string {
  const lines = events.map(
    ({ event, stage, outcome }) => `| ${event} | ${stage} | ${describeOutcome(outcome)} |`,
  );
  return ['| event | at | outcome |', '|---|---|---|', ...lines].join('\n');
}

/** An outcome as a few words. */
function describeOutcome(outcome: Outcome): string {
  const { exitCode, error, sent, arrived, jpeg, log } = outcome;
  const again = log?.source.includes('Converting again') ? ', on the second attempt as `fast`' : '';
  const times = sent === 'several' ? 'several times' : `${sent}×`;
  const count = sent === 1 && arrived === 1 ? '' : `; callback sent ${times}, seen ${arrived}×`;
  const kept = { kept: ' and in the outbox', empty: ' only', none: '' }[outcome.outbox ?? 'none'];
  const logged = /not (delivered|confirmed)/.test(log?.source ?? '')
    ? `; its body is in the log${kept}`
    : '';
  if (exitCode === undefined)
    return `no ${sent !== 0 ? 'further ' : ''}callback; JPEG ${jpeg}; temporary files stay`;
  const listed = outcome.listed === 'yes' ? '; the orchestrator lists the JPEG' : '';
  if (exitCode === 0)
    return `converted${jpeg === 'second name' ? ' as `image.tif.jpg`' : ''}${again}${count}${listed}`;
  const told = log?.source.includes('probably taken')
    ? 'reported, but not confirmed: probably taken'
    : 'not reported';
  if (!error) return `JPEG there, ${told}${count}${logged}`;
  return `error “${textOfPattern(error)}”${jpeg === 'whole' ? '; the JPEG is there' : ''}${count}${logged}`;
}

/** What a person sees of a pattern. */
function textOfPattern({ source }: RegExp): string {
  return source
    .replace(/^\^/, '')
    .replace(/\.\*|\\S\+|\\d\+\\\.\\d/g, '…')
    .replace(/\\d\+/g, '…')
    .replace(/\((\w+)\|(\w+)\)/g, '$1')
    .replace(/\\/g, '')
    .replaceAll('|', '\\|');
}
