import { make } from '../../lib/browser/dom.ts';
import { type Fact, factsList } from '../../lib/browser/facts-list.ts';
import { countOf, numberOf, sizeOf, visible } from '../../lib/browser/words.ts';
import { type Directory, factsFrom, type Inspection } from './inspection.ts';

/** So many directories are shown; a TIFF may have thousands. */
const MOST_DIRECTORIES = 8;

/** What each orientation of a TIFF asks for, from 1. */
const TURNS = [
  ...['as it is', 'mirrored', 'turned by 180°', 'mirrored and turned by 180°'],
  ...['mirrored and turned', 'turned by 90°', 'mirrored and turned back', 'turned by 270°'],
];

/** What `inspect` says of the TIFF, in short and whole. */
export function tiffFacts(json: unknown): HTMLElement[] {
  const facts = factsFrom(json);
  if (!facts) return [make('p', { className: 'soft' }, 'Nothing is known of it.')];
  if ('error' in facts) return [make('p', { className: 'said bad', dir: 'auto' }, facts.error)];
  const { inspection } = facts;
  const { directories } = inspection;
  const shown = directories.slice(0, MOST_DIRECTORIES);
  return [
    factsList(fileFacts(inspection)),
    ...shown.flatMap((one) => [
      ...(directories.length > 1 ? [make('h3', {}, titleOf(one))] : []),
      factsList(directoryFacts(one)),
    ]),
    ...(directories.length > shown.length
      ? [
          make(
            'p',
            {},
            `And ${countOf(directories.length - shown.length, 'more directory', 'more directories')}.`,
          ),
        ]
      : []),
    ...messages('Wrong with the file', 'bad', inspection.problems),
    ...messages('Lost or changed by converting', 'warn', inspection.losses),
    make(
      'details',
      { className: 'raw' },
      make('summary', {}, 'All that “arke-tiff inspect” says'),
      make(
        'pre',
        { tabIndex: 0, role: 'group', 'aria-label': 'JSON of inspect' },
        JSON.stringify(json, null, 2),
      ),
    ),
  ];
}

function fileFacts({ format, byte_order, bytes, pages }: Inspection): Fact[] {
  return [
    ['Format', `${format}, ${byte_order}`],
    ['Size', sizeOf(bytes)],
    ['Pages', numberOf(pages)],
  ];
}

function directoryFacts(directory: Directory): Fact[] {
  const { orientation, profile } = directory;
  return [
    ['Pixels', pixelsText(directory)],
    ['Samples', samplesText(directory)],
    ['Compression', compressionText(directory)],
    ['Orientation', orientation === 1 ? undefined : TURNS[orientation - 1]],
    ['Profile', profile && (profile.description ?? profile.colour_space)],
    ['Plan', planText(directory)],
  ];
}

function titleOf({ role, page }: Directory): string {
  if (role === 'page') return `Page ${page}`;
  return role === 'mask' ? 'Transparency mask' : 'Smaller version';
}

function pixelsText({ width, height, resolution }: Directory): string {
  const pixels = `${numberOf(width)} × ${numberOf(height)}`;
  if (!resolution || resolution.unit === 'none') return pixels;
  const unit = resolution.unit === 'inch' ? 'dpi' : 'per cm';
  return `${pixels}, ${numberOf(Math.round(resolution.x))} ${unit}`;
}

function samplesText(directory: Directory): string {
  const { samples_per_pixel: count, bits_per_sample: bits, sample_format: format } = directory;
  const same = bits.every((one) => one === bits[0]);
  const depth = same ? String(bits[0] ?? 0) : bits.join(', ');
  return [
    `${count} × ${depth} ${depth === '1' ? 'bit' : 'bits'}`,
    ...[format, directory.photometric ?? 'colours not told'],
    ...(directory.planar ? ['in planes'] : []),
  ].join(', ');
}

function compressionText({ compression, segments }: Directory): string {
  if (!segments) return compression;
  const { kind, count } = segments;
  return `${compression}, ${numberOf(count)} ${count === 1 ? kind.replace(/s$/, '') : kind}`;
}

function planText({ plan }: Directory): string | undefined {
  if (!plan) return undefined;
  if ('error' in plan) return `none: ${plan.error.message}`;
  const turned = plan.turn === 'none' ? '' : ', turned';
  return `${plan.effort}${turned} (${plan.reason}), ${sizeOf(plan.memory_bytes)} predicted`;
}

function messages(
  title: string,
  className: string,
  list: readonly { readonly message: string }[],
): HTMLElement[] {
  if (list.length === 0) return [];
  return [
    make('h3', {}, title),
    make(
      'ul',
      { className: `messages ${className}` },
      ...list.map(({ message }) => make('li', { dir: 'auto' }, visible(message))),
    ),
  ];
}
