import { peers } from '../../support/peers.ts';
import { type Arbiter, arbiters } from './arbiters.ts';
import type { Measured } from './measure.ts';

/** The readers, as the table has them in its columns. */
const COLUMNS = ['ours', 'snippet', ...peers] as const;

/** A note that says nothing about the pixels of the page. */
const NO_WARNING = 'PAGES_NOT_CONVERTED';

/** Real TIFFs, and those that people had trouble with. */
export interface AllMeasured {
  readonly shared: readonly Measured[];
  readonly reported: readonly Measured[];
}

/** The page with its tables written anew, each between its marks. */
export function withTables(
  page: string,
  { shared, reported }: AllMeasured,
  versions: string,
): string {
  const tables = {
    classes: `Measured with ${versions}.\n\n${classTable(shared)}`,
    reported: classTable(reported),
    arbiters: arbiterTable(),
    refused: refusedTable([...shared, ...reported]),
  };
  return Object.entries(tables).reduce((text, [name, table]) => between(text, name, table), page);
}

/** Throws when the page has no such marks. */
function between(page: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- ${name}stop -->`];
  const [from, to] = [page.indexOf(begin), page.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`docs/fidelity.md has no place for "${name}".`);
  return `${page.slice(0, from + begin.length)}\n${text}\n\n${page.slice(to)}`;
}

/** The versions that a page was measured with; undefined where it does not say. */
export function versionsOn(page: string): string | undefined {
  return /^Measured with (.*)\.$/m.exec(page)?.[1];
}

function classTable(measured: readonly Measured[]): string {
  const classes = Map.groupBy(measured, ({ tiff }) => tiff.class);
  const rows = [...classes].map(([name, files]) => [
    name,
    String(files.length),
    ...COLUMNS.map((column) => counted(files.map((file) => word(file, column)))),
  ]);
  const sums = COLUMNS.map((column) => counted(measured.map((file) => word(file, column))));
  const head = ['class', 'files', 'arke-tiff', 'the snippet', ...peers];
  return markdown(head, [...rows, ['**all**', String(measured.length), ...sums]]);
}

function word({ ours, verdicts }: Measured, column: (typeof COLUMNS)[number]): string {
  const verdict = verdicts[column];
  if (column !== 'ours') return verdict;
  if (ours.kind === 'refused') return 'refused';
  const warned = ours.notes.some(({ code }) => code !== NO_WARNING);
  return verdict === 'right' && warned ? 'right, with a warning' : verdict;
}

/** One word where all files fare alike, else each with its number. */
function counted(words: readonly string[]): string {
  const groups = [...Map.groupBy(words, (each) => each)];
  if (groups.length === 1) return groups[0]?.[0] ?? '';
  return groups
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([each, { length }]) => `${length} ${each}`)
    .join('; ');
}

function arbiterTable(): string {
  const rows = Object.entries(arbiters).map(([file, arbiter]) => {
    return [file, whoIsRight(arbiter), arbiter.reason];
  });
  return markdown(['file', 'right is', 'because'], rows);
}

function whoIsRight(arbiter: Arbiter): string {
  if ('right' in arbiter) return arbiter.right.join(', ');
  if ('lookedAt' in arbiter) return 'arke-tiff: looked at';
  return 'refused' in arbiter ? 'who refuses it' : 'nobody: computed';
}

function refusedTable(measured: readonly Measured[]): string {
  const rows = measured.flatMap(({ tiff, ours }) =>
    ours.kind === 'refused'
      ? [[tiff.file, tiff.class, `\`${ours.error.code}\``, firstClause(ours.error.message)]]
      : [],
  );
  return markdown(['file', 'class', 'code', 'message'], rows);
}

/** What follows varies from run to run: libvips collects its messages from several threads. */
const firstClause = (message: string) =>
  (/^.*?(?=;|\. |$)/.exec(message)?.[0] ?? '').replaceAll('|', '\\|').replaceAll('<', '&lt;');

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}
