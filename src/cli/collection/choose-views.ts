import { createReporter } from '../create-reporter.ts';
import { jsonLines } from './json.ts';
import { type Lines, lineView } from './lines.ts';
import type { Terminal } from './live-block.ts';
import type { ProgressBlock } from './progress-block.ts';
import type { CollectionView } from './view.ts';

/** What determines a run's views, and their outputs. */
export interface ViewOptions {
  /**
   * What goes to stdout: lines for people, a document at the end, or one line of JSON per event.
   */
  readonly results: 'lines' | 'json' | 'json-lines';
  /** Only failures and the summary. */
  readonly quiet: boolean;
  /** Also what is up to date, and plans. */
  readonly verbose: boolean;
  /** Stderr, if it is a terminal. */
  readonly terminal: Terminal | undefined;
  /** Whether stdout is a terminal, which is then the same one. */
  readonly resultsOnTerminal: boolean;
  /** Cleans a text for display, before it is coloured. */
  readonly clean: (text: string) => string;
  readonly redact: (text: string) => string;
  /** A line of the result, on stdout. */
  readonly result: (line: string) => void;
  readonly writeToStdout: (text: string) => void;
  readonly writeToStderr: (text: string) => void;
  /** Resolves when everything written has been accepted. */
  readonly taken: () => Promise<void>;
}

/** The views of a run, and lines beside them. */
export interface ChosenViews {
  readonly views: readonly CollectionView[];
  /** A line for people, on stderr; not with `--quiet` or JSON only. */
  readonly say: (line: string) => void;
  /** A line of the summary, also with `--quiet`. */
  readonly sayCounts: (line: string) => void;
  /** The same, also where a single file needs no counts. */
  readonly sayAlways: (line: string) => void;
  /** More of what the views write: above the block of a terminal as long as there is one. */
  readonly lines: Lines;
  /** Resolves when everything written has been accepted. */
  readonly taken: () => Promise<void>;
}

/** Milliseconds between two drawings of the block. */
const DRAW_EVERY_MS = 100;

/** The right views: a block on a terminal, plain lines elsewhere, JSON on request. */
export async function chooseViews(options: ViewOptions): Promise<ChosenViews> {
  return { ...(await choose(options)), taken: options.taken };
}

type Choice = Omit<ChosenViews, 'taken'>;

async function choose(options: ViewOptions): Promise<Choice> {
  const { results, quiet, verbose, terminal } = options;
  if (results === 'json') return onlyJson([]);
  if (terminal && !quiet) return viewsOnTerminal(terminal, options);
  if (results === 'json-lines') return onlyJson([jsonView(options)]);
  const { clean, result, writeToStderr } = options;
  const write = (line: string) => writeToStderr(`${line}\n`);
  const reporter = await createReporter({ quiet, json: false, terminal: false, clean, write });
  const lines = { result, warn: reporter.warn, error: reporter.error };
  const sayAlways = (line: string) => write(clean(line));
  const shown = quiet ? { ...lines, result: () => {} } : lines;
  const view = lineView(shown, { skipped: verbose, plans: verbose });
  const say = quiet ? () => {} : sayAlways;
  return { views: [view], say, sayCounts: sayAlways, sayAlways, lines };
}

function onlyJson(views: readonly CollectionView[]): Choice {
  const lines = { result: () => {}, warn: () => {}, error: () => {} };
  const nothing = () => {};
  return { views, say: nothing, sayCounts: nothing, sayAlways: nothing, lines };
}

function jsonView({ writeToStdout, redact }: ViewOptions): CollectionView {
  return jsonLines(writeToStdout, redact);
}

async function viewsOnTerminal(terminal: Terminal, options: ViewOptions): Promise<Choice> {
  const { results, verbose, resultsOnTerminal, clean, result, writeToStdout, writeToStderr } =
    options;
  const block = await openBlock(terminal, clean);
  const write = (line: string) => block.above(() => writeToStderr(`${line}\n`));
  const onStdout = (print: () => void) => (resultsOnTerminal ? block.above(print) : print());
  const reporter = await createReporter({
    quiet: false,
    json: false,
    terminal: true,
    clean,
    write,
  });
  const lines: Lines = {
    result: (line) => (results === 'lines' ? onStdout(() => result(line)) : undefined),
    warn: reporter.warn,
    error: reporter.error,
  };
  const views = [lineView(lines, { skipped: verbose, plans: verbose }), block];
  const json = jsonView({
    ...options,
    writeToStdout: (text) => onStdout(() => writeToStdout(text)),
  });
  const say = (line: string) => write(clean(line));
  const shown = results === 'json-lines' ? [json, ...views] : views;
  return { views: shown, say, sayCounts: say, sayAlways: say, lines };
}

async function openBlock(terminal: Terminal, clean: (text: string) => string) {
  const { blockColours } = await import('../tty-reporter.ts');
  const { progressBlock } = await import('./progress-block.ts');
  const block: ProgressBlock = progressBlock({
    terminal,
    clean,
    colours: blockColours,
    now: () => performance.now(),
    repeat: (draw) => {
      const timer = setInterval(draw, DRAW_EVERY_MS);
      return () => clearInterval(timer);
    },
  });
  return block;
}
