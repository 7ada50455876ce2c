#!/usr/bin/env -S node --
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `arke-tiff needs Node.js 22.18 or newer; this is ${process.version}. Install a newer Node.js.`,
  );
  // biome-ignore lint/plugin: the named codes are TypeScript's, which this Node.js may not load.
  process.exitCode = 1;
} else {
  if (process.argv[2] === 'run') keepStopSignals();
  // Not by import: that would read all that Node's own modules have, and load what belongs to it.
  const { createRequire, enableCompileCache } = process.getBuiltinModule('node:module');
  if (canHoldCache()) enableCompileCache();
  const require = createRequire(import.meta.url);
  // As every machine starts: without flags there is nothing for oclif to do, but for whoever debugs
  // it.
  // biome-ignore lint/style/noProcessEnv: nothing that owns it is loaded yet.
  if (process.argv[2] === 'run' && process.argv.length === 3 && !process.env.DEBUG)
    require('../dist/bundle/run.js').startRun();
  // Without oclif where it is not needed.
  else if (/^(convert|--version|-v)$/.test(process.argv[2]))
    require('../dist/bundle/convert.js').startConvert(import.meta.url);
  // Not awaited: where stdout is closed early, Node would complain about this await instead of
  // exiting.
  else require('../dist/bundle/start.js').start(import.meta.url);
}

/**
 * Whether Node can keep what it has compiled. In a temporary folder that can hold nothing
 * (`TMPDIR=/proc`) it would try for ever to make a place for that.
 */
function canHoldCache() {
  const { mkdtempSync, rmdirSync } = process.getBuiltinModule('node:fs');
  const { tmpdir } = process.getBuiltinModule('node:os');
  try {
    rmdirSync(mkdtempSync(`${tmpdir()}/arke-tiff-`));
    return true;
  } catch {
    return false;
  }
}

/**
 * Keeps SIGINT and SIGTERM that come while the program is still loading until the task listens: it
 * owes the orchestrator a callback even then.
 */
function keepStopSignals() {
  const kept = new Set();
  const keep = (signal) => kept.add(signal);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, keep);
  process.on('newListener', (signal, listener) => {
    if (signal !== 'SIGINT' && signal !== 'SIGTERM') return;
    // Once the listener is there, not before: without any, Node lets the signal kill.
    process.nextTick(() => process.off(signal, keep));
    if (kept.delete(signal)) process.nextTick(listener, signal);
  });
}
