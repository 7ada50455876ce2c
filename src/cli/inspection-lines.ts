import { type Inspection, pictureOfPage } from '../lib/convert/inspect/inspection.ts';
import { failKindOf } from '../lib/convert/strictness.ts';
import type { InspectedFile } from '../lib/documents/documents.ts';
import { base64Of, type Cell, csvLine } from '../lib/report/csv.ts';
import { sizeOf } from '../lib/size-words.ts';
import { firstSentence } from './format.ts';

/** What one line says of a TIFF. */
interface LineFacts {
  readonly pages: number;
  readonly width: number;
  readonly height: number;
  readonly bits: string;
  readonly colours: string;
  readonly compression: string;
  /** What would be lost, in the words of `--fail-on`, each once. */
  readonly lost: readonly string[];
}

function factsOf({ pages, firstPage, directories, losses }: Inspection): LineFacts | undefined {
  const picture = pictureOfPage(directories, firstPage);
  if (!picture) return undefined;
  const { width, height, bitsPerSample, photometric = 'colours not told', compression } = picture;
  const bits = [...new Set(bitsPerSample)].join('/');
  const lost = [...new Set(losses.map(({ kind }) => failKindOf[kind]))];
  return { pages, width, height, bits, colours: photometric, compression, lost };
}

/**
 * A TIFF in one line: `a.tif: 2 pages, 6000 × 4000, 8 bits, RGB, LZW; would lose: pages, profile;
 * 1 problem`.
 */
export function inspectionLine(name: string, inspection: Inspection): string {
  const { problems, error } = inspection;
  const facts = factsOf(inspection);
  const parts = [
    ...(facts ? [factsText(facts)] : []),
    ...(error ? [`would fail: ${aboutIt(error.message)}`] : []),
    ...(!error && facts && facts.lost.length > 0 ? [`would lose: ${facts.lost.join(', ')}`] : []),
    ...(problems.length > 0 ? [countOf(problems.length, 'problem')] : []),
  ];
  return `${name}: ${parts.join('; ')}`;
}

/** What is wrong, in one sentence behind the file's name. */
const aboutIt = (message: string) => firstSentence(message).replace(/^"[^"]*" /, 'it ');

function factsText({ pages, width, height, bits, colours, compression }: LineFacts): string {
  return [
    countOf(pages, 'page'),
    `${width} × ${height}`,
    `${bits} ${bits === '1' ? 'bit' : 'bits'}`,
    colours,
    compression === 'none' ? 'uncompressed' : compression,
  ].join(', ');
}

const countOf = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

/** The sums of many inspections. */
export interface InspectionTotals {
  add(inspection: Inspection): void;
  /** `14 pages, 61.2 MB; 3 would lose something; 1 has problems`. */
  text(): string;
}

/** Sums of inspections, at first of none. */
export function createInspectionTotals(): InspectionTotals {
  const total = { pages: 0, bytes: 0, losing: 0, wrong: 0 };
  return {
    add: ({ pages, bytes, losses, problems }) => {
      total.pages += pages;
      total.bytes += bytes;
      if (losses.length > 0) total.losing++;
      if (problems.length > 0) total.wrong++;
    },
    text: () =>
      [
        `${countOf(total.pages, 'page')}, ${sizeOf(total.bytes)}`,
        ...(total.losing > 0 ? [`${total.losing} would lose something`] : []),
        ...(total.wrong > 0
          ? [`${total.wrong} ${total.wrong === 1 ? 'has' : 'have'} problems`]
          : []),
      ].join('; '),
  };
}

/** What a line of CSV takes its values from. */
type Row = InspectedFile & { readonly facts?: LineFacts | undefined };

const messages = (all: readonly { readonly message: string }[]) =>
  all.map(({ message }) => message).join('; ');

const columns: Readonly<Record<string, (row: Row) => Cell>> = {
  input: ({ input }) => input,
  status: ({ status }) => status,
  bytes: (row) => ('bytes' in row ? row.bytes : undefined),
  pages: ({ facts }) => facts?.pages,
  width: ({ facts }) => facts?.width,
  height: ({ facts }) => facts?.height,
  bits: ({ facts }) => facts?.bits,
  colours: ({ facts }) => facts?.colours,
  compression: ({ facts }) => facts?.compression,
  would_lose: ({ facts }) => facts?.lost.join(' '),
  losses: (row) => ('losses' in row ? messages(row.losses) : undefined),
  problems: (row) => ('problems' in row ? messages(row.problems) : undefined),
  error_code: ({ error }) => error?.code,
  error: ({ error }) => error?.message,
  input_base64: ({ input }) => base64Of(input),
};

/** The names of the columns of `inspectionCsv`, as a line. */
export function inspectionCsvHead(): string {
  return csvLine(Object.keys(columns));
}

/** A TIFF as a line of CSV. */
export function inspectionCsv(file: InspectedFile): string {
  const facts = 'directories' in file ? factsOf(file) : undefined;
  return csvLine(Object.values(columns).map((value) => value({ ...file, facts })));
}
