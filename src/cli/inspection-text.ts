import type {
  DirectoryInspection,
  Inspection,
  PictureInspection,
  PlanInspection,
} from '../lib/convert/inspect/inspection.ts';
import { planText } from '../lib/plan-words.ts';
import { escapeControls } from '../lib/redact.ts';
import { sizeOf } from '../lib/size-words.ts';
import {
  fileText,
  LOSSES_TITLE,
  lossText,
  PROBLEMS_TITLE,
  pictureFacts,
  pictureText,
  problemText,
  shortNumber,
  titleOf,
  type WordedFact,
} from '../lib/tiff-words.ts';

/**
 * An inspection as lines for people: the file, a block for each directory, what is lost, what is
 * wrong.
 */
export function describeInspection(name: string, inspection: Inspection): string[] {
  const { pages, directories, losses, problems, error } = inspection;
  const lines = [
    `${name}: ${fileText(inspection)}`,
    ...(error ? [`  Would fail: ${error.message}`] : []),
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
    ...section(
      LOSSES_TITLE,
      losses.map((loss) => `! ${lossText(loss, pages)}`),
    ),
    ...section(
      PROBLEMS_TITLE,
      problems.map(
        (one) => `${one.severity === 'error' ? '✗' : '!'} ${problemText(one, directories)}`,
      ),
    ),
  ];
  return lines.map(escapeControls);
}

function aligned(fields: readonly WordedFact[]): string[] {
  const width = Math.max(...fields.map(([label]) => label.length));
  return fields.map(([label, text]) => `    ${label.padEnd(width)}  ${text}`);
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}

function isPage({ page }: PictureInspection): boolean {
  return page !== undefined;
}

/** Size and kind of a directory's SubIFDs; pages are described in full elsewhere. */
function subIfdsOf({ subDirectories, subIfds }: DirectoryInspection): WordedFact[] {
  // The listed ones come first, then those that they lead to.
  const read = subIfds.filter(({ subIfd }) => subIfd < subDirectories);
  const unread = subDirectories - read.length;
  return [
    ...subIfds.map((one): WordedFact => [`SubIFD ${one.subIfd + 1}`, pictureText(one)]),
    ...(unread > 0 ? [['SubIFDs', `${unread} of ${subDirectories} cannot be read`] as const] : []),
  ];
}

/** `parent` is this directory if it is in the chain, else the one that it belongs to. */
function fieldsOf(
  picture: PictureInspection,
  parent: DirectoryInspection,
  inspection: Inspection,
): WordedFact[] {
  const { plan } = picture;
  return [
    ...pictureFacts(picture),
    ...picture.metadata
      .filter(({ tag }) => !RESOLUTION.has(tag))
      .map((entry): WordedFact => [entry.name, metadataText(entry)]),
    ...(plan ? [['Plan', expectation(plan, parent, inspection)] as const] : []),
  ];
}

/** XResolution and YResolution: part of the size. */
const RESOLUTION: ReadonlySet<number> = new Set([282, 283]);

/** Longer texts are cut for people, in characters. */
const MOST_CHARACTERS = 100;

function metadataText({ tag, value, bytes, tags }: PictureInspection['metadata'][number]): string {
  if (typeof value === 'string') {
    const text = escapeControls(value.trim());
    return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
  }
  if (value && tag === PAGE_NUMBER) return placeText(value);
  if (value) return value.map(shortNumber).join(', ');
  if (tags !== undefined) return `${tags} ${tags === 1 ? 'tag' : 'tags'}`;
  return bytes === undefined ? 'cannot be read' : sizeOf(bytes);
}

const PAGE_NUMBER = 297;

/** A place counted from 0 and the number of pages, 0 if unknown (TIFF 6.0, section 12). */
function placeText([place = 0, all = 0]: readonly number[]): string {
  return all > 0 ? `page ${place + 1} of ${all}` : `page ${place + 1}`;
}

/** A plan and its predicted cost. */
function expectation(
  plan: PlanInspection,
  { index }: DirectoryInspection,
  { error, problems }: Inspection,
): string {
  if ('error' in plan)
    return plan.error.message === error?.message
      ? 'none: it would fail, as said above'
      : planText(plan);
  // A problem with which a conversion will hardly succeed, whatever the plan.
  const isDoubtful = problems.some(
    ({ directory, severity }) => directory === index && severity === 'error',
  );
  const open = isDoubtful ? 'likely to fail, see the problems below' : 'not decoded yet';
  return `${planText(plan)}; ${open}`;
}
