/**
 * Loaded into the packed program before anything else (`node --import`): its tasks get the patience
 * that the test asks for. All else is what is shipped: start-up, signals, exit codes, the log.
 */
import { registerHooks } from 'node:module';
import { PATIENCE_VARIABLE } from './task-patience.ts';

const BUNDLE = /\/dist\/bundle\/[\w-]+\.js$/;
/** Where the bundle makes what a task gets besides its environment (`src/cli/task-options.ts`). */
const OPTION = 'again:stops.again';
const PATIENCE = `patience:JSON.parse(process.env.${PATIENCE_VARIABLE}??'{}')`;

let isReplaced = false;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!BUNDLE.test(url)) return loaded;
    const source = String(loaded.source);
    isReplaced ||= source.includes(OPTION);
    return { ...loaded, source: source.replace(OPTION, `${PATIENCE},${OPTION}`) };
  },
});

process.on('exit', () => {
  // Child processes load it, too, and are no tasks.
  if (!isReplaced && process.argv[2] === 'run')
    throw new Error(`No bundle of the program has "${OPTION}": the task had the usual patience.`);
});
