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
  await cacheCompiledCode();
  const { start } = await import('../dist/cli/start.js');
  // Not awaited: where stdout is closed early, Node would complain about this await instead of exiting.
  start(import.meta.url);
}

/**
 * Lets Node keep what it has compiled. In a temporary folder that can hold nothing (`TMPDIR=/proc`) it
 * would try for ever to make a place for that.
 */
async function cacheCompiledCode() {
  const { mkdtempSync, rmdirSync } = await import('node:fs');
  const { enableCompileCache } = await import('node:module');
  const { tmpdir } = await import('node:os');
  try {
    rmdirSync(mkdtempSync(`${tmpdir()}/arke-tiff-`));
  } catch {
    return;
  }
  enableCompileCache();
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
