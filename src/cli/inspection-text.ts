import { orientationName } from '../lib/convert/header/tiff-names.ts';
import type {
  DirectoryInspection,
  Inspection,
  PictureInspection,
  PlanInspection,
  SubIfdInspection,
} from '../lib/convert/inspect/inspection.ts';
import { toMegabytes, toMegapixels } from '../lib/convert/plan/shortage.ts';
import { escapeControls } from '../lib/redact.ts';
import { formatBytes } from './format.ts';

/** An inspection as lines for people: the file, a block for each directory, what is lost, what is wrong. */
export function describeInspection(name: string, inspection: Inspection): string[] {
  const { format, byteOrder, bytes, pages, directories, error } = inspection;
  const count = pages === 1 ? '1 page' : `${pages} pages`;
  return [
    `${escapeControls(name)}: ${format}, ${byteOrder}, ${formatBytes(bytes)}, ${count}`,
    ...(error ? [`  Would fail: ${escapeControls(error.message)}`] : []),
    ...directories.flatMap((directory) => [
      `  ${titleOf(directory)}`,
      ...aligned([...fieldsOf(directory, directory, inspection), ...subIfdsOf(directory)]),
      ...directory.subIfds
        .filter(isPage)
        .flatMap((below) => [
          `  ${titleOf({ ...below, index: directory.index })} (SubIFD ${below.subIfd + 1} of directory ${directory.index + 1})`,
          ...aligned(fieldsOf(below, directory, inspection)),
        ]),
    ]),
    ...section('Lost or changed by converting', lossLines(inspection)),
    ...section('Wrong with the file', problemLines(inspection)),
  ];
}

/** A label and what it says. */
type Field = readonly [string, string];

function aligned(fields: readonly Field[]): string[] {
  const width = Math.max(...fields.map(([label]) => label.length));
  return fields.map(([label, text]) => `    ${label.padEnd(width)}  ${text}`);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function isPage({ page }: PictureInspection): boolean {
  return page !== undefined;
}

/** Size and kind of what hangs below a directory; of a page more is said elsewhere. */
function subIfdsOf({ subDirectories, subIfds }: DirectoryInspection): Field[] {
  // Behind those that the directory lists stand others that they lead to.
  const read = subIfds.filter(({ subIfd }) => subIfd < subDirectories);
  const unread = subDirectories - read.length;
  return [
    ...subIfds.map((one): Field => [`SubIFD ${one.subIfd + 1}`, subIfdText(one)]),
    ...optional('SubIFDs', unread > 0 ? `${unread} of ${subDirectories} cannot be read` : ''),
  ];
}

function subIfdText(picture: SubIfdInspection): string {
  const role = picture.role === 'page' ? `page ${picture.page}` : ROLES[picture.role];
  const compression = picture.compression === 'none' ? 'uncompressed' : picture.compression;
  return `${role}, ${sizeOf(picture)}, ${samplesOf(picture)}, ${compression}`;
}

const ROLES = { reduced: 'smaller version', mask: 'transparency mask' } as const;

function titleOf({
  index,
  role,
  page,
}: Pick<DirectoryInspection, 'index' | 'role' | 'page'>): string {
  return role === 'page' ? `Page ${page}` : `Directory ${index + 1} (${ROLES[role]})`;
}

/** Whether something is wrong with which a directory can hardly be converted, whatever the plan. */
function isDoubtful({ problems }: Inspection, { index }: DirectoryInspection): boolean {
  return problems.some(({ directory, severity }) => directory === index && severity === 'error');
}

/** `parent` is the directory of the chain that this one is, or hangs below. */
function fieldsOf(
  directory: PictureInspection,
  parent: DirectoryInspection,
  inspection: Inspection,
): Field[] {
  const { orientation, plan } = directory;
  return [
    ['Size', sizeOf(directory)],
    ['Samples', samplesOf(directory)],
    ['Compression', compressionOf(directory)],
    ...optional(
      'Orientation',
      orientation === 1 ? '' : `${orientationName(orientation)} (${orientation})`,
    ),
    ...optional('Profile', profileOf(directory)),
    ...directory.metadata
      .filter(({ tag }) => !RESOLUTION.has(tag))
      .map((entry): Field => [entry.name, metadataText(entry)]),
    ...optional('Reader', plan ? readerText(plan) : ''),
    ...optional('Plan', plan ? planText(plan, parent, inspection) : ''),
  ];
}

/** XResolution and YResolution: told with the size. */
const RESOLUTION: ReadonlySet<number> = new Set([282, 283]);

function optional(label: string, text: string): Field[] {
  return text === '' ? [] : [[label, text]];
}

function sizeOf(directory: PictureInspection): string {
  const { width, height, resolution } = directory;
  const megapixels = width * height < 1e5 ? '' : `, ${toMegapixels(directory)} MP`;
  const pixels = `${width} × ${height} pixels${megapixels}`;
  // Without a unit it tells the shape of the pixels, which nobody here heeds.
  if (!resolution || resolution.unit === 'none') return pixels;
  const { x, y, unit } = resolution;
  const both = x === y ? `${shortNumber(x)}` : `${shortNumber(x)} × ${shortNumber(y)}`;
  return `${pixels}, ${both} ${unit === 'inch' ? 'dpi' : 'per centimetre'}`;
}

function samplesOf(directory: PictureInspection): string {
  const { samplesPerPixel, bitsPerSample, sampleFormat, photometric, planar } = directory;
  const same = bitsPerSample.every((bits) => bits === bitsPerSample[0]);
  const bits = same ? `${bitsPerSample[0] ?? 0}` : bitsPerSample.join(', ');
  const [across, down] = directory.chromaSubsampling ?? [];
  return [
    `${samplesPerPixel} × ${bits} ${bits === '1' ? 'bit' : 'bits'}`,
    sampleFormat,
    photometric ?? 'colours not told',
    ...(across ? [`chroma ${across} × ${down}`] : []),
    ...directory.extraSamples.map(
      (name) => `with ${name}${name === 'unspecified' ? ' sample' : ''}`,
    ),
    ...(planar ? ['in planes'] : []),
  ].join(', ');
}

function compressionOf({ compression, segments }: PictureInspection): string {
  if (!segments) return compression;
  const { kind, count, width, height, bytes } = segments;
  const one = count === 1 ? kind.slice(0, -1) : kind;
  return `${compression}, ${count} ${one} of ${width} × ${height} pixels, ${formatBytes(bytes)}`;
}

function profileOf({ profile }: PictureInspection): string {
  if (!profile) return '';
  const { description, colourSpace, bytes } = profile;
  return [
    ...(description ? [`"${escapeControls(description)}"`] : []),
    ...(colourSpace ? [escapeControls(colourSpace)] : []),
    formatBytes(bytes),
  ].join(', ');
}

/** Longer texts are cut where people read them, in characters. */
const MOST_CHARACTERS = 100;

function metadataText({ value, bytes, tags }: PictureInspection['metadata'][number]): string {
  if (typeof value === 'string') {
    const text = escapeControls(value.trim());
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  }
  if (value) return value.map(shortNumber).join(', ');
  if (tags !== undefined) return `${tags} ${tags === 1 ? 'tag' : 'tags'}`;
  return bytes === undefined ? 'cannot be read' : formatBytes(bytes);
}

function shortNumber(value: number): string {
  return `${Number(value.toFixed(2))}`;
}

const TURNS = {
  none: '',
  memory: ', turned in memory',
  disk: ', turned on disk',
  tag: ', turned by a tag',
} as const;

/** Who reads the page, where it is not sharp. */
const READERS = { sharp: '', samples: 'our own, of samples', magick: 'ImageMagick' } as const;

function readerText(plan: PlanInspection): string {
  if ('error' in plan || plan.reader === 'sharp') return '';
  return `${READERS[plan.reader]} (${plan.feature})`;
}

function planText(
  plan: PlanInspection,
  directory: DirectoryInspection,
  inspection: Inspection,
): string {
  if ('error' in plan) {
    const { message } = plan.error;
    return message === inspection.error?.message
      ? 'none: it would fail, as said above'
      : `none: it would fail: ${escapeControls(message)}`;
  }
  const { effort, turn, memoryBytes, cpuSeconds, reason } = plan;
  const predicted = `${toMegabytes(memoryBytes)} MB and ${cpuSeconds.toFixed(2)} CPU-s`;
  const open = isDoubtful(inspection, directory)
    ? 'likely to fail, see the problems below'
    : 'not decoded yet';
  return `${effort}${TURNS[turn]} (${reason}); predicted ${predicted}; ${open}`;
}

function lossLines({ losses, pages }: Inspection): string[] {
  return losses.map(({ page, message, avoidedBy }) => {
    const where = page === undefined || pages === 1 ? '' : `page ${page}: `;
    return `! ${where}${escapeControls(message)}${avoidedBy ? ` (not with ${avoidedBy})` : ''}`;
  });
}

function problemLines({ problems, directories }: Inspection): string[] {
  return problems.map(({ directory: index, severity, message }) => {
    const directory = index === undefined ? undefined : directories[index];
    const where = directory && directories.length > 1 ? `${titleOf(directory)}: ` : '';
    return `${severity === 'error' ? '✗' : '!'} ${where}${escapeControls(message)}`;
  });
}
