import { make } from '../../browser/dom.ts';
import { type Fact, factsList } from '../../browser/facts-list.ts';
import { nameText } from '../../browser/name-text.ts';
import { numberOf, percentOf, savedOf, sizeOf, timeOf } from '../../browser/words.ts';
import type { FileRow, PageData, PageRow } from '../page-data.ts';
import { psnrText, ssimText, withinLimits } from './columns.ts';
import { warningMark } from './file-parts.ts';

/** The facts of a file, and of its JPEG if there is only one. */
export function facts(file: FileRow, limits: PageData['limits']): HTMLElement {
  const [only, ...others] = file.pages;
  const page = others.length === 0 ? only : undefined;
  const list: readonly Fact[] = [
    ['Kind', file.kind],
    ['TIFF', sizeOf(file.sourceBytes)],
    ['JPEG', jpegSize(file)],
    ['Pixels', page && pixels(page)],
    ['SSIM', ssimText(file) && make('span', {}, ssimText(file), ' ', withinLimits(limits))],
    ['PSNR', psnrText(file) && `${psnrText(file)}${Number(psnrText(file)) ? ' dB' : ''}`],
    ['Time', file.ms === undefined ? undefined : timeOf(file.ms)],
    ['Encoded as', page && `${page.effort}, read by ${page.reader}`],
    ['Written to', page && nameText(page.output)],
    ['SHA-256 of the TIFF', sum(file.sourceSha256)],
    ['SHA-256 of the JPEG', page && sum(page.sha256)],
  ];
  return factsList(list);
}

function jpegSize({ bytes, sourceBytes }: FileRow): string | undefined {
  if (bytes === undefined) return undefined;
  const saved = savedOf(sourceBytes, bytes);
  return saved === undefined ? sizeOf(bytes) : `${sizeOf(bytes)}, ${percentOf(saved)} saved`;
}

function pixels({ width, height }: PageRow): string {
  const megapixels = (width * height) / 1e6;
  const sides = `${numberOf(width)} × ${numberOf(height)}`;
  return megapixels < 0.1 ? sides : `${sides} (${megapixels.toFixed(1)} MP)`;
}

function sum(sha256: string | undefined): HTMLElement | undefined {
  return sha256 === undefined ? undefined : make('code', {}, sha256);
}

/** The notes of all pages, each once. */
export function notesOf(
  { pages, labels: own }: FileRow,
  labels: PageData['labels'],
): HTMLElement[] {
  const notes = new Map(
    pages.flatMap(({ notes }) => notes.map((note) => [`${note.code} ${note.message}`, note])),
  );
  if (notes.size === 0) return [];
  return [
    make(
      'ul',
      { className: 'notes' },
      ...[...notes.values()].map(({ code, message }) =>
        make('li', { dir: 'auto' }, warningMark(code, { ...labels, ...own }), ` ${message}`),
      ),
    ),
  ];
}

/** The JPEGs of a file with several. */
export function pagesTable({ pages }: FileRow): HTMLElement[] {
  if (pages.length < 2) return [];
  const head = ['Page', 'JPEG', 'Pixels', 'Size', 'SSIM'];
  return [
    make(
      'table',
      { className: 'pages' },
      make(
        'thead',
        {},
        make('tr', {}, ...head.map((label) => make('th', { scope: 'col' }, label))),
      ),
      make('tbody', {}, ...pages.map(pageRow)),
    ),
  ];
}

function pageRow(page: PageRow): HTMLElement {
  const name = page.link
    ? make('a', { href: page.link, target: '_blank', rel: 'noreferrer' }, nameText(page.output))
    : nameText(page.output);
  const cells = [
    ...[numberOf(page.page), name, pixels(page), sizeOf(page.bytes)],
    page.ssim?.toFixed(4) ?? '',
  ];
  return make('tr', {}, ...cells.map((cell) => make('td', {}, cell)));
}
