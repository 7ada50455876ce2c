import { createReporter } from '../create-reporter.ts';
import { jsonLines } from './json.ts';
import { type Lines, lineView } from './lines.ts';
import type { Terminal } from './live-block.ts';
import type { ProgressBlock } from './progress-block.ts';
import type { CollectionView } from './view.ts';

/** What the views of a run are chosen by, and what they write with. */
export interface ViewOptions {
  /** What goes to stdout: lines for people, a document at the end, or a line of JSON an event. */
  readonly results: 'lines' | 'json' | 'json-lines';
  readonly quiet: boolean;
  /** Stderr, if it is a terminal. */
  readonly terminal: Terminal | undefined;
  /** Whether stdout is a terminal, which will be the same one. */
  readonly resultsOnTerminal: boolean;
  /** Makes a text fit to be seen, before it is coloured. */
  readonly clean: (text: string) => string;
  readonly redact: (text: string) => string;
  /** A line of the result, on stdout. */
  readonly result: (line: string) => void;
  readonly writeToStdout: (text: string) => void;
  readonly writeToStderr: (text: string) => void;
  /** Resolves when what was written has been taken. */
  readonly taken: () => Promise<void>;
}

/** The views of a run, and what can be said beside them. */
export interface ChosenViews {
  readonly views: readonly CollectionView[];
  /** A line for people, on stderr; not where they wanted quiet, or only JSON. */
  readonly say: (line: string) => void;
  /** The same, also where they wanted quiet. */
  readonly sayAlways: (line: string) => void;
  /** Resolves when what was written has been taken. */
  readonly taken: () => Promise<void>;
}

/** Milliseconds between two drawings of the block. */
const DRAW_EVERY_MS = 100;

/** The views that fit: a block on a terminal, plain lines elsewhere, JSON where asked. */
export async function chooseViews(options: ViewOptions): Promise<ChosenViews> {
  return { ...(await choose(options)), taken: options.taken };
}

type Choice = Omit<ChosenViews, 'taken'>;

async function choose(options: ViewOptions): Promise<Choice> {
  const { results, quiet, terminal } = options;
  if (results === 'json') return onlyJson([]);
  if (terminal && !quiet) return viewsOnTerminal(terminal, options);
  if (results === 'json-lines') return onlyJson([jsonView(options)]);
  const { clean, result, writeToStderr } = options;
  const write = (line: string) => writeToStderr(`${line}\n`);
  const reporter = await createReporter({ quiet, json: false, terminal: false, clean, write });
  const lines = { result, warn: reporter.warn, error: reporter.error };
  const sayAlways = (line: string) => write(clean(line));
  return { views: [lineView(lines)], say: quiet ? () => {} : sayAlways, sayAlways };
}

function onlyJson(views: readonly CollectionView[]): Choice {
  return { views, say: () => {}, sayAlways: () => {} };
}

function jsonView({ writeToStdout, redact }: ViewOptions): CollectionView {
  return jsonLines(writeToStdout, redact);
}

async function viewsOnTerminal(terminal: Terminal, options: ViewOptions): Promise<Choice> {
  const { results, resultsOnTerminal, clean, result, writeToStdout, writeToStderr } = options;
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
  // What is up to date is counted in the block: thousands of such lines would only hide the others.
  const views = [lineView(lines, { skipped: false }), block];
  const json = jsonView({
    ...options,
    writeToStdout: (text) => onStdout(() => writeToStdout(text)),
  });
  const say = (line: string) => write(clean(line));
  return { views: results === 'json-lines' ? [json, ...views] : views, say, sayAlways: say };
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
