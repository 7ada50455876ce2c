import { describe, expect, it } from 'vitest';
import { meter } from '../../../bench/process-meter.ts';
import { startSampler } from '../../../bench/process-sampler.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const env = { PATH: process.env['PATH'] ?? '' };
const MEGABYTE = 1024 ** 2;

/** Keeps a processor busy for that many seconds of its own time, as the kernel counts them. */
const BUSY = `const busy = (seconds) => {
  while (process.cpuUsage().user + process.cpuUsage().system < seconds * 1e6);
};`;
const node = (script: string) => [process.execPath, '--eval', `${BUSY}${script}`];
/**
 * Runs `own`, then starts another process that runs `script`; `then` is done with it as `child`.
 */
const parent = (script: string, own: string, then = '') =>
  node(`${own}
const child = require('node:child_process').spawn(process.execPath,
  ['--eval', ${JSON.stringify(BUSY + script)}], { stdio: ['ignore', 'pipe', 'ignore'] });${then}`);

describe('the meter of the bench', () => {
  it('counts the processor time of a process and of those that it started', async () => {
    const { cpuSeconds, wallMs, processes } = await meter(parent('busy(0.3);', 'busy(0.2);'), {
      env,
    });
    expect(cpuSeconds).toBeGreaterThanOrEqual(0.5);
    expect(wallMs).toBeGreaterThan(250);
    expect(processes).toBe(2);
  });

  it('counts a process that outlives the one that started it', async () => {
    const script = 'busy(0.2); console.log("now"); busy(2);';
    const { cpuSeconds } = await meter(
      parent(script, '', 'child.stdout.on("data", () => process.exit());'),
      { env },
    );
    // As last seen, which on a busy machine is some time before its end.
    expect(cpuSeconds).toBeGreaterThan(0.5);
  });

  it('adds up the memory that processes hold at the same time', async () => {
    const own = 'const held = Buffer.alloc(100 * 1024 ** 2, 1);';
    const { peakBytes } = await meter(
      parent(`${own} busy(1); held.at(0);`, own, 'child.on("exit", () => held.at(0));'),
      { env },
    );
    expect(peakBytes).toBeGreaterThan(200 * MEGABYTE);
  });

  it('measures commands that run at once one by one, and their memory together', async () => {
    const sampler = await startSampler();
    const both = ['one', 'other'].map((name) => folder.path(name));
    const runs = both.map((own) => {
      const until = `while (!${JSON.stringify(both)}.every(existsSync));`;
      const script = `const { existsSync, writeFileSync } = require('node:fs');
        const held = Buffer.alloc(100 * 1024 ** 2, 1);
        writeFileSync(${JSON.stringify(own)}, ''); ${until} const { user, system } = process.cpuUsage();
        busy((user + system) / 1e6 + 0.3); held.at(0);`;
      return meter(node(script), { env, sampler });
    });
    for (const { peakBytes, processes } of await Promise.all(runs)) {
      expect(processes).toBe(1);
      expect(peakBytes).toBeGreaterThan(100 * MEGABYTE);
      expect(peakBytes).toBeLessThan(200 * MEGABYTE);
    }
    expect(await sampler.stop()).toBeGreaterThan(200 * MEGABYTE);
  });

  it('returns how the command ended, its output and its cost', async () => {
    const script = 'console.log("out"); console.error("error"); process.exitCode = 3';
    expect(await meter(node(script), { env })).toMatchObject({
      exitCode: 3,
      output: 'out\nerror\n',
    });
  });

  it('returns when the command started, by the caller’s clock', async () => {
    const before = performance.now();
    const { startedAt } = await meter(['true'], { env });
    expect(startedAt).toBeGreaterThan(before - 5);
    expect(startedAt).toBeLessThan(performance.now());
  });
});
