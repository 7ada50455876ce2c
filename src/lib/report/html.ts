import type { FileRecord } from '../collection/events.ts';
import { stringifyWithPaths } from '../path-json.ts';
import { doubtsOf } from './doubt.ts';
import { gatherPictures, type OnPictures, type PicturesOfFile } from './gather-pictures.ts';
import { type PageData, pictureId } from './page-data.ts';
import { pageDataOf } from './page-rows.ts';
import type { PictureSource } from './picture-source.ts';
import type { ReportRun } from './report.ts';

/** The parts of a report's page besides the run. */
export interface HtmlParts {
  /** Its future path: links are relative to it. */
  readonly path: string;
  /** The page without data, from the build (build/pages.ts). */
  readonly template: string;
  readonly pictures: PictureSource;
  /** The most bytes of all pictures together, before encoding as text. */
  readonly pictureBytes: number;
  readonly onProgress?: OnPictures | undefined;
}

/** The template's places for title, data and pictures. */
const TITLE = '<!--TITLE-->';
const DATA = '<!--DATA-->';
const PICTURES = '<!--PICTURES-->';

/**
 * A run as a self-contained page. The pictures come last, so that the table appears first. Yields
 * in pieces, because it may exceed the longest string.
 */
export async function* htmlOf(run: ReportRun, parts: HtmlParts): AsyncGenerator<string> {
  const { path, template, pictures: source } = parts;
  const doubts = doubtsOf(run.records);
  const pictures = await gatherPictures(run.records, source, {
    encoder: run.encoder,
    order: mostDoubtfulFirst(run.records, doubts),
    bytes: parts.pictureBytes,
    onProgress: parts.onProgress,
  });
  const libraries = await source.libraries();
  const data = pageDataOf(run, { path, doubts, pictures, pathOf: source.pathOf, libraries });
  const [head = '', body = '', foot = '', end = ''] = cut(template, [TITLE, DATA, PICTURES]);
  yield head;
  yield escapeHtml(titleOf(data));
  yield body;
  yield element('data', 'application/json', inertJson(data));
  yield foot;
  for (const [file, one] of pictures.entries()) yield* elementsOf(one, file);
  yield end;
}

/** Failed files have no pictures; equally doubtful files keep their order. */
function mostDoubtfulFirst(
  records: readonly FileRecord[],
  doubts: readonly { readonly weight: number }[],
): readonly number[] {
  const weight = (file: number) => doubts[file]?.weight ?? 0;
  return [...records.keys()].sort((a, b) => weight(b) - weight(a) || a - b);
}

function titleOf({ totals: { files, verified }, startedAt }: PageData): string {
  const kind = verified === undefined ? 'Conversion' : 'Verification';
  return `${kind} report: ${files} ${files === 1 ? 'file' : 'files'}, ${startedAt.slice(0, 10)}`;
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

/**
 * JSON that cannot be ended early from inside: a name may contain `</script>`, or begin a comment.
 */
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

/** An element that the browser neither shows nor runs, read on demand. */
function element(id: string, type: string, text: string): string {
  return `<script type="${type}" id="${id}">${text}</script>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** For text between tags. */
function escapeHtml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}
