import { childrenOf, isStopped, signalIfThere } from './processes.ts';
import { type Run, type RunSetup, startProgram } from './program.ts';
import { STAND_STILL_VARIABLE, type StandStill } from './stand-still.ts';
import { until } from './until.ts';

/** Where so many files are done, as `--json-lines` tells it. */
export const whereEnded = (files: number): StandStill => ({
  times: files,
  text: '"event":"file.ended"',
});

/** Where the first TIFF has become a JPEG, as people are told. */
export const whereFirstIsTold: StandStill = { times: 1, text: ' → ' };

const standStill = new URL('./stand-still.ts', import.meta.url);

/**
 * Runs the packed program, and sends it signals where it stands still; then it goes on, if it still
 * can.
 */
export async function signalWhere(
  where: StandStill,
  signals: readonly NodeJS.Signals[],
  args: readonly string[],
  setup: RunSetup,
): Promise<Run & { signal?: string }> {
  const run = startProgram(args, {
    ...setup,
    env: {
      ...setup.env,
      [STAND_STILL_VARIABLE]: JSON.stringify(where),
      NODE_OPTIONS: [setup.env?.['NODE_OPTIONS'] ?? [], `--import=${standStill}`].flat().join(' '),
    },
  });
  const id = run.pid ?? Number.NaN;
  await until(() => isStopped(id));
  const children = childrenOf(id, 'child.');
  for (const signal of [...signals, 'SIGCONT'] as const) process.kill(id, signal);
  const { exitCode, stdout, stderr, signal } = await run;
  // Those whose parent was killed see it when they wake up.
  for (const child of children) signalIfThere(child, 'SIGCONT');
  return { exitCode, stdout, stderr, ...(signal ? { signal } : {}) };
}
