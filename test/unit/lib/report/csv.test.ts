import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../../src/lib/report/csv.ts';
import {
  alike,
  converted,
  failed,
  noted,
  pageRecord,
  runOf,
  unreadFolder,
} from '../../../support/report-runs.ts';

/** The report of a run, as text. */
const csv = (...records: Parameters<typeof runOf>[0]) => [...csvOf(runOf(records))].join('');

/** Its lines after the heading, as a reader of RFC 4180 sees them, by the names of the columns. */
function linesOf(text: string): Record<string, string>[] {
  const cells = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r\n)/g;
  const lines: string[][] = [[]];
  for (const [, cell = '', end] of text.slice(1).matchAll(cells)) {
    const isQuoted = cell.startsWith('"');
    lines.at(-1)?.push(isQuoted ? cell.slice(1, -1).replaceAll('""', '"') : cell);
    if (end === '\r\n') lines.push([]);
  }
  const [head = [], ...others] = lines.slice(0, -1);
  return others.map((line) => Object.fromEntries(head.map((name, i) => [name, line[i] ?? ''])));
}

describe('a report as CSV', () => {
  it('begins with a byte order mark and the names of its columns, and ends lines with CR LF', () => {
    const text = csv(converted('a.tif'));
    expect(text.startsWith('\uFEFFinput,output,page,status,kind,width,height,')).toBe(true);
    expect(text.endsWith('\r\n')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  it('has one line for each JPEG', () => {
    const second = pageRecord({ page: 2, output: 'a.page-2.jpg', ...alike(0.5) });
    const record = converted('a.tif', alike(1), { pages: [pageRecord(alike(1)), second] });
    expect(linesOf(csv(record))).toMatchObject([
      { input: 'a.tif', output: 'out/a.jpg', page: '1', ssim: '1', psnr_db: 'inf' },
      { input: 'a.tif', output: 'a.page-2.jpg', page: '2', ssim: '0.5', psnr_db: '20' },
    ]);
  });

  it('has one line for a TIFF without a JPEG, with its error', () => {
    expect(linesOf(csv(failed('a.tif')))).toMatchObject([
      { status: 'failed', page: '', error_code: 'UNREADABLE_TIFF', error: 'It is damaged.' },
    ]);
  });

  it('has one line for what could not be read, before the others', () => {
    const run = runOf([converted('a.tif')], [unreadFolder('in/locked')]);
    expect(linesOf([...csvOf(run)].join(''))).toMatchObject([
      { input: 'in/locked', status: 'unread', error_code: 'FOLDER_UNREADABLE', error: 'No. Ask.' },
      { input: 'a.tif', status: 'converted' },
    ]);
  });

  it('has the bytes of paths that are not UTF-8, and of no others', () => {
    const [input, output, locked] = ['caf\udce9.tif', '\udce9.jpg', 'l\udcf6cked'] as const;
    const record = converted(input, {}, { pages: [pageRecord({ output })] });
    const run = runOf([record, converted('a.tif'), failed(input)], [unreadFolder(locked)]);
    const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
    expect(linesOf([...csvOf(run)].join(''))).toMatchObject([
      { input: 'l\\xF6cked', input_base64: base64('l\xf6cked'), output_base64: '' },
      {
        input: 'caf\\xE9.tif',
        input_base64: base64('caf\xe9.tif'),
        output_base64: base64('\xe9.jpg'),
      },
      { input: 'a.tif', input_base64: '', output_base64: '' },
      { status: 'failed', input_base64: base64('caf\xe9.tif') },
    ]);
  });

  it('names warnings by their codes, and says what they are', () => {
    expect(linesOf(csv(converted('a.tif', noted('SAMPLES_SCALED'))))).toMatchObject([
      { warnings: 'SAMPLES_SCALED', messages: 'This is SAMPLES_SCALED' },
    ]);
  });

  it.each(['a "b", c.tif', 'line\nbreak.tif', 'line\rbreak.tif', 'שלום.tif', '目録 é é.tif'])(
    'keeps the name %j as it is',
    (name) => {
      expect(linesOf(csv(converted(name)))[0]?.['input']).toBe(name);
    },
  );

  it.each(['=1+1.tif', '+1.tif', '-1.tif', '@SUM(A1).tif', '\t=1.tif', '\r=1.tif', '＝1.tif'])(
    'is not a formula in a spreadsheet: %j',
    (name) => {
      expect(linesOf(csv(converted(name)))[0]?.['input']).toBe(`'${name}`);
    },
  );
});
