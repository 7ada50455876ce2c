import { make } from '../../lib/browser/dom.ts';
import { type Fact, factsList } from '../../lib/browser/facts-list.ts';
import { countOf, visible } from '../../lib/browser/words.ts';
import { planText } from '../../lib/plan-words.ts';
import {
  type DirectoryFacts,
  fileText,
  LOSSES_TITLE,
  lossText,
  PROBLEMS_TITLE,
  pictureFacts,
  problemText,
  titleOf,
} from '../../lib/tiff-words.ts';
import { factsFrom } from './inspection.ts';

/** So many directories are shown; a TIFF may have thousands. */
const MOST_DIRECTORIES = 8;

/** What `inspect` says of the TIFF, in short and whole. */
export function tiffFacts(json: unknown): HTMLElement[] {
  const facts = factsFrom(json);
  if (!facts) return [make('p', { className: 'soft' }, 'Nothing is known of it.')];
  if ('error' in facts) return [make('p', { className: 'said bad', dir: 'auto' }, facts.error)];
  const { inspection } = facts;
  const { directories, problems, losses, pages } = inspection;
  const more = directories.length - MOST_DIRECTORIES;
  return [
    factsList([['File', fileText(inspection)]]),
    ...directories
      .slice(0, MOST_DIRECTORIES)
      .flatMap((one) => [
        ...(directories.length > 1 ? [make('h3', {}, titleOf(one))] : []),
        factsList(directoryFacts(one)),
      ]),
    ...(more > 0
      ? [make('p', {}, `And ${countOf(more, 'more directory', 'more directories')}.`)]
      : []),
    ...messages(
      PROBLEMS_TITLE,
      'bad',
      problems.map((one) => problemText(one, directories)),
    ),
    ...messages(
      LOSSES_TITLE,
      'warn',
      losses.map((one) => lossText(one, pages)),
    ),
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

function directoryFacts(directory: DirectoryFacts): Fact[] {
  const { plan } = directory;
  const facts = [...pictureFacts(directory), ...(plan ? [['Plan', planText(plan)] as const] : [])];
  return facts.map(([label, text]) => [label, visible(text)]);
}

function messages(title: string, className: string, texts: readonly string[]): HTMLElement[] {
  if (texts.length === 0) return [];
  return [
    make('h3', {}, title),
    make(
      'ul',
      { className: `messages ${className}` },
      ...texts.map((text) => make('li', { dir: 'auto' }, visible(text))),
    ),
  ];
}
