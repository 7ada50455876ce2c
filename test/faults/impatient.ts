/**
 * Loaded into the packed program before anything else (`node --import`): its command `run` becomes the
 * one of `impatient-run.ts`. All else is what is shipped: start-up, signals, exit codes, the log.
 */
import { registerHooks } from 'node:module';

const OWN_COMMAND = /\/dist\/commands\/run\.js$/;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    if (!OWN_COMMAND.test(resolved.url)) return resolved;
    const url = new URL('./impatient-run.ts', import.meta.url);
    url.searchParams.set('command', resolved.url);
    return { ...resolved, url: url.href, format: 'module-typescript' };
  },
});
