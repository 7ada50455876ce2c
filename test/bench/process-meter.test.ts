import { describe, expect, it } from 'vitest';
import { meter } from '../../bench/process-meter.ts';

const env = { PATH: process.env['PATH'] ?? '' };
const MEGABYTE = 1024 ** 2;

/** Keeps a processor busy for that many seconds of its own time, as the kernel counts them. */
const BUSY = `const busy = (seconds) => {
  while (process.cpuUsage().user + process.cpuUsage().system < seconds * 1e6);
};`;
const node = (script: string) => [process.execPath, '--eval', `${BUSY}${script}`];
/** Runs `own`, then starts another process that runs `script`; `then` is done with it as `child`. */
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
    const script = 'busy(0.2); console.log("now"); busy(0.5);';
    const { cpuSeconds } = await meter(
      parent(script, '', 'child.stdout.on("data", () => process.exit());'),
      { env },
    );
    // As last seen: in whole hundredths, and a look before its end.
    expect(cpuSeconds).toBeGreaterThan(0.4);
  });

  it('adds up the memory that processes hold at the same time', async () => {
    const own = 'const held = Buffer.alloc(100 * 1024 ** 2, 1);';
    const { peakBytes } = await meter(
      parent(`${own} busy(0.3); held.at(0);`, own, 'child.on("exit", () => held.at(0));'),
      { env },
    );
    expect(peakBytes).toBeGreaterThan(200 * MEGABYTE);
  });

  it('tells how the command ended and what it said, apart from what it cost', async () => {
    const script = 'console.log("out"); console.error("error"); process.exitCode = 3';
    expect(await meter(node(script), { env })).toMatchObject({
      exitCode: 3,
      output: 'out\nerror\n',
    });
  });

  it('tells when the command was started, by the clock of the one who asks', async () => {
    const before = performance.now();
    const { startedAt } = await meter(['true'], { env });
    expect(startedAt).toBeGreaterThan(before - 5);
    expect(startedAt).toBeLessThan(performance.now());
  });
});
