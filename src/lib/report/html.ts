import type { FileRecord } from '../collection/events.ts';
import { stringifyWithPaths } from '../path-json.ts';
import { doubtsOf } from './doubt.ts';
import { gatherPictures, type PicturesOfFile } from './gather-pictures.ts';
import { type PageData, pictureId } from './page-data.ts';
import { pageDataOf } from './page-rows.ts';
import type { PictureSource } from './picture-source.ts';
import type { ReportRun } from './report.ts';

/** What a report's page is made of besides the run. */
export interface HtmlParts {
  /** Where it will lie: links lead from there. */
  readonly path: string;
  /** The page without its data, as the build makes it (build/pages.ts). */
  readonly template: string;
  readonly pictures: PictureSource;
  /** The most that all pictures together may have, before they become text. */
  readonly pictureBytes: number;
}

/** Where the template wants its title, and its data and pictures. */
const TITLE = '<!--TITLE-->';
const DATA = '<!--DATA-->';
const PICTURES = '<!--PICTURES-->';

/**
 * A run as one page that needs nothing else. The pictures come last, so that the table is there before
 * them. Yields piece by piece: all of it may be larger than a string can be.
 */
export async function* htmlOf(run: ReportRun, parts: HtmlParts): AsyncGenerator<string> {
  const { path, template, pictures: source } = parts;
  const doubts = doubtsOf(run.records);
  const pictures = await gatherPictures(run.records, source, {
    settings: run.settings,
    order: mostDoubtfulFirst(run.records, doubts),
    bytes: parts.pictureBytes,
  });
  const data = pageDataOf(run, { path, doubts, pictures, pathOf: source.pathOf });
  const [head = '', body = '', foot = '', end = ''] = cut(template, [TITLE, DATA, PICTURES]);
  yield head;
  yield escapeHtml(titleOf(data));
  yield body;
  yield element('data', 'application/json', inertJson(data));
  yield foot;
  for (const [file, one] of pictures.entries()) yield* elementsOf(one, file);
  yield end;
}

/** Those that failed have no pictures; of equal doubt, in their order. */
function mostDoubtfulFirst(
  records: readonly FileRecord[],
  doubts: readonly { readonly weight: number }[],
): readonly number[] {
  const weight = (file: number) => doubts[file]?.weight ?? 0;
  return [...records.keys()].sort((a, b) => weight(b) - weight(a) || a - b);
}

function titleOf({ totals: { files }, startedAt }: PageData): string {
  return `Conversion report: ${files} ${files === 1 ? 'file' : 'files'}, ${startedAt.slice(0, 10)}`;
}

function cut(text: string, marks: readonly string[]): string[] {
  const pieces: string[] = [];
  let rest = text;
  for (const mark of marks) {
    const [before = '', ...after] = rest.split(mark);
    pieces.push(before);
    rest = after.join(mark);
  }
  return [...pieces, rest];
}

/** JSON that nothing in it can end early: a name may hold `</script>`, or begin a comment. */
function inertJson(data: PageData): string {
  return stringifyWithPaths(data).replaceAll('<', '\\u003c');
}

function* elementsOf({ thumbnail, comparison }: PicturesOfFile, file: number): Generator<string> {
  const pictures = { thumbnail, before: comparison?.before, after: comparison?.after };
  for (const [kind, bytes] of Object.entries(pictures))
    if (bytes)
      yield element(
        pictureId(kind as keyof typeof pictures, file),
        'text/plain',
        Buffer.from(bytes).toString('base64'),
      );
}

/** An element that the browser neither shows nor runs: it is read when it is needed. */
function element(id: string, type: string, text: string): string {
  return `<script type="${type}" id="${id}">${text}</script>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** For text between tags. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}
