/**
 * Loaded into the packed program before anything else (`node --import`): its tasks get the patience that
 * the test asks for. All else is what is shipped: start-up, signals, exit codes, the log.
 */
import { registerHooks } from 'node:module';
import { PATIENCE_VARIABLE } from './task-patience.ts';

const BUNDLE = /\/dist\/bundle\/[\w-]+\.js$/;
/** Where the bundle makes what a task gets besides its environment (`src/cli/task-options.ts`). */
const OPTION = 'again:stops.again';
const PATIENCE = `patience:JSON.parse(process.env.${PATIENCE_VARIABLE}??'{}')`;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!BUNDLE.test(url)) return loaded;
    return { ...loaded, source: String(loaded.source).replace(OPTION, `${PATIENCE},${OPTION}`) };
  },
});
