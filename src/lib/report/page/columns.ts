import { make } from '../../browser/dom.ts';
import { nameText } from '../../browser/name-text.ts';
import {
  countOf,
  numberOf,
  percentOf,
  savedOf,
  sizeOf,
  timeOf,
  visible,
} from '../../browser/words.ts';
import type { FileRow, PageData } from '../page-data.ts';
import { remarksOn, statusMark, thumbnail } from './file-parts.ts';
import { psnrOf, type SortKey } from './order.ts';

/** A column of the table. */
export interface Column {
  readonly label: string;
  /** What its heading sorts by. */
  readonly key?: SortKey;
  /** Class of its cells, for the style sheet. */
  readonly className?: string;
  cell(file: FileRow, place: number): readonly (Node | string)[];
}

/** A file's SSIM in words; empty if it was not measured. */
export function ssimText(file: FileRow): string {
  return file.pages[file.worst]?.ssim?.toFixed(4) ?? '';
}

/** The same for PSNR. */
export function psnrText(file: FileRow): string {
  const psnr = psnrOf(file);
  if (psnr === undefined) return '';
  return Number.isFinite(psnr) ? psnr.toFixed(1) : 'identical';
}

/** What the numbers mean: JPEGs beyond the limits are failures, and have no numbers. */
export function withinLimits(limits: PageData['limits']): HTMLElement {
  return make('span', { className: 'limits', title: limits }, 'within limits');
}

const likenessOf = ({ limits }: PageData): readonly Column[] => [
  {
    label: 'SSIM',
    key: 'ssim',
    className: 'number',
    cell: (file) => (ssimText(file) ? [ssimText(file), withinLimits(limits)] : []),
  },
  { label: 'PSNR, dB', key: 'psnr', className: 'number minor', cell: (file) => [psnrText(file)] },
];

/** The columns, left to right; similarity only if it was measured. */
export function columnsOf(measured: boolean, data: PageData): readonly Column[] {
  return [
    { label: 'Picture', className: 'picture', cell: (file, place) => [thumbnail(file, place)] },
    {
      label: 'Name',
      key: 'name',
      className: 'file',
      cell: ({ name }) => [
        make(
          'button',
          { type: 'button', tabIndex: -1, className: 'open', title: visible(name) },
          nameText(name),
        ),
      ],
    },
    { label: 'Status', key: 'status', className: 'status', cell: (file) => [statusMark(file)] },
    ...(measured ? likenessOf(data) : []),
    {
      label: 'Remarks',
      key: 'warnings',
      className: 'warnings',
      cell: (file) => remarksOn(file, data),
    },
    { label: 'Kind', key: 'kind', className: 'kind minor', cell: ({ kind }) => [kind] },
    { label: 'Pixels', key: 'pixels', className: 'number pixels minor', cell: pixels },
    {
      label: 'TIFF',
      key: 'sourceBytes',
      className: 'number tiff',
      cell: ({ sourceBytes }) => [sizeOf(sourceBytes)],
    },
    {
      label: 'JPEG',
      key: 'bytes',
      className: 'number jpeg',
      cell: ({ bytes }) => [bytes === undefined ? '' : sizeOf(bytes)],
    },
    { label: 'Saved', key: 'saved', className: 'number least', cell: saved },
    {
      label: 'Time',
      key: 'ms',
      className: 'number least',
      cell: ({ ms }) => [ms === undefined ? '' : timeOf(ms)],
    },
  ];
}

function pixels({ pages }: FileRow): readonly (Node | string)[] {
  const [first, ...others] = pages;
  if (!first) return [];
  const size = `${numberOf(first.width)} × ${numberOf(first.height)}`;
  const further = `and ${countOf(others.length, 'page')} more`;
  return others.length > 0 ? [size, make('span', { className: 'further' }, further)] : [size];
}

function saved({ sourceBytes, bytes }: FileRow): string[] {
  const percent = bytes === undefined ? undefined : savedOf(sourceBytes, bytes);
  return percent === undefined ? [] : [percentOf(percent)];
}
