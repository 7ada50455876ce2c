import { byId, make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import { countOf, numberOf, percentOf, savedOf, sizeOf, timeOf } from '../../browser/words.ts';
import type { PageData } from '../page-data.ts';
import { unreadWords } from './unread.ts';

/** Shows the run's settings and results. */
export function showTotals(data: PageData): void {
  const { startedAt, about, totals } = data;
  const started = make('time', { dateTime: startedAt }, dateOf(new Date(startedAt)));
  byId('about').append(
    aboutRow('Started', [started]),
    ...about
      .filter(([, lines]) => lines.length > 0)
      .map(([label, lines]) => aboutRow(label, lines.map(nameText))),
  );
  const verifies = totals.verified !== undefined;
  if (verifies) byId('title').textContent = 'Verification report';
  byId('verdict').append(verdictOf(data));
  const saved = savedOf(totals.sourceBytes, totals.bytes);
  const tiles: readonly (readonly [string, string, string?])[] = [
    ['Files', numberOf(totals.files), `${countOf(totals.jpegs, 'JPEG')}`],
    ['Failed', numberOf(totals.failed), totals.left ? `${numberOf(totals.left)} remaining` : ''],
    ['With warnings', numberOf(totals.warned)],
    [
      verifies ? 'Verified before' : 'Already up to date',
      numberOf(totals.skipped - totals.existing),
    ],
    ...(totals.existing ? [['Already there', numberOf(totals.existing)] as const] : []),
    ['TIFFs', sizeOf(totals.sourceBytes), 'of those with JPEGs'],
    ['JPEGs', sizeOf(totals.bytes), saved === undefined ? '' : `${percentOf(saved)} saved`],
    ['Pixels', `${numberOf(Math.round(totals.pixels / 1e6))} MP`],
    ['Time', timeOf(totals.ms)],
  ];
  byId('totals').append(...tiles.map((tile) => tileOf(...tile)));
  byId('warned').append(data.warnings ? `${data.warnings}.` : '');
}

function aboutRow(label: string, lines: readonly HTMLElement[]): HTMLElement {
  const cell = make('td', {}, ...lines.map((line) => make('div', {}, line)));
  return make('tr', {}, make('th', { scope: 'row' }, label), cell);
}

function tileOf(label: string, value: string, more = ''): HTMLElement {
  const values = make('dd', {}, make('strong', {}, value));
  if (more) values.append(' ', make('small', {}, more));
  const isBad = label === 'Failed' && value !== '0';
  return make('div', { className: isBad ? 'bad' : '' }, make('dt', {}, label), values);
}

function dateOf(date: Date): string {
  return date.toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'short' });
}

function verdictOf(data: PageData): string {
  const { totals } = data;
  const { failed, left, stopped } = totals;
  const unread = unreadWords(data);
  const ended = failed ? `${countOf(failed, 'file')} failed` : 'No file failed';
  const failures = unread ? `${ended}${failed ? ', and' : ', but'} ${unread}.` : `${ended}.`;
  const undone = left ? ` ${countOf(left, 'file')} ${left === 1 ? 'remains' : 'remain'}` : '';
  const why = stopped ? ` (interrupted by ${stopped}).` : '.';
  return `${failures}${undone ? `${undone}${why}` : ''} ${likenessOf(totals)}`;
}

function likenessOf({ compared, jpegs }: PageData['totals']): string {
  if (compared === 0) return 'No JPEG was compared with its TIFF: --verify does that.';
  const those =
    compared === jpegs ? `All ${numberOf(jpegs)}` : `${numberOf(compared)} of ${numberOf(jpegs)}`;
  return `${those} JPEGs were decoded again and compared with their TIFFs.`;
}
