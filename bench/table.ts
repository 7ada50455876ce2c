/** The bench's tables, in Markdown. */
import type { Samples } from './measure-work.ts';
import type { PeerResult, PeerResults } from './peers.ts';
import { type Measure, type Spread, spreadOf } from './sample.ts';
import type { Row } from './works.ts';

/** One measure of a row, ours against the example worker's. */
export interface Cell {
  readonly row: string;
  readonly title: string;
  readonly measure: Measure;
  readonly ours: Spread;
  /** Unknown where the example worker is not on this machine. */
  readonly example: Spread | undefined;
  /** Of the medians. */
  readonly ratio: number | undefined;
  readonly target: number;
  readonly met: boolean | undefined;
}

const measures: Readonly<
  Record<Measure, readonly [name: string, show: (value: number) => string]>
> = {
  wallMs: ['wall', seconds],
  firstRequestMs: ['wall', seconds],
  callbackMs: ['wall', seconds],
  cpuSeconds: ['CPU', (value) => `${value.toFixed(2)} s`],
  peakMB: ['memory', (value) => `${value.toFixed(0)} MB`],
};

function seconds(ms: number): string {
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** A cell for each target of the row. */
export function cellsOf({ name, title, effort, targets }: Row, samples: Samples): Cell[] {
  return (Object.entries(targets) as [Measure, number][]).map(([measure, target]) => {
    const values = (side: keyof Samples) =>
      samples[side]?.map((sample) => sample[measure] ?? Number.NaN);
    const ours = spreadOf(values(effort) ?? []);
    const others = values('example');
    const example = others && spreadOf(others);
    const ratio = example && ours.median / example.median;
    const met = ratio === undefined ? undefined : ratio <= target;
    return { row: name, title, measure, ours, example, ratio, target, met };
  });
}

/** The table of both workers: medians, and in brackets the least and the most. */
export function workersTable(cells: readonly Cell[]): string {
  const head = ['work', '', 'example worker', 'arke-tiff', 'ratio', 'target', ''];
  const lines = cells.map(({ row, title, measure, ours, example, ratio, target, met }, index) => {
    const [name, show] = measures[measure];
    const spread = (of: Spread | undefined) =>
      of ? `${show(of.median)} (${show(of.min)}–${show(of.max)})` : '–';
    const mark = met === undefined ? '–' : met ? '✓' : '✗';
    const [is, aim] = [ratio?.toFixed(2) ?? '–', `≤ ${target.toFixed(2)}`];
    const first = cells[index - 1]?.row !== row;
    return [first ? title : '', name, spread(example), spread(ours), is, aim, mark];
  });
  return markdown(head, lines);
}

/** The table of the conversion alone, below what was measured, and against what. */
export function peersTable({ peers, reader }: PeerResults): string {
  const head = ['conversion alone', 'JPEG', 'wall', 'CPU', 'memory', 'size', 'PSNR'];
  const versions = new Set(peers.map((peer) => ('absent' in peer ? '' : peer.version)));
  const against = reader ? `PSNR is to the TIFF as ${reader} reads it.` : 'Nobody read the TIFF.';
  const said = `${[...versions].filter(Boolean).join(', ')}. ${against}`;
  return `${said}\n\n${markdown(head, peers.map(peerLine))}`;
}

function peerLine(peer: PeerResult): string[] {
  if ('absent' in peer) return [peer.name, '–', peer.absent, '–', '–', '–', '–'];
  const { name, coding, wall, cpu, memory, jpegBytes, decibels } = peer;
  const range = ({ median, min, max }: Spread, show: (value: number) => string) =>
    `${show(median)} (${show(min)}–${show(max)})`;
  return [
    name,
    `${coding.subsampling}, ${coding.progressive ? 'progressive' : 'baseline'}`,
    range(wall, seconds),
    range(cpu, measures.cpuSeconds[1]),
    `${memory.median.toFixed(0)} MB`,
    `${(jpegBytes / 1e6).toFixed(2)} MB`,
    decibels === undefined ? '–' : `${decibels.toFixed(2)} dB`,
  ];
}

/** A table in Markdown. */
export function markdown(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...lines.map(line)].join('\n');
}
