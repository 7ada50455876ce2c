/** The simulations that docs/performance.md shows, and their table. */
import {
  type MeasuredTask,
  type Outcome,
  type Parameters,
  simulate,
  whatLimits,
} from './simulate.ts';

/** How many tasks are simulated unless told. */
export const TASK_COUNTS = [1_000, 100_000];

/**
 * Fly's machine of the contract and the rates of its orchestrator, as design and documents of Fly have
 * them. Assumed, not measured: boot, network, and that a core there is as fast as here.
 */
export const assumed: Omit<Parameters, 'tasks'> = {
  seed: 1,
  spawn: {
    perWindow: 100,
    windowSeconds: 10,
    apiPerSecond: 1,
    apiBurst: 3,
    machines: Number.POSITIVE_INFINITY,
  },
  quota: { cpus: 2, burstSeconds: 5, share: 5 / 80 },
  network: { requestSeconds: 0.05, requests: 6, megabytesPerSecond: 30 },
  boot: { median: 2, p95: 8 },
  coreSpeed: 1,
  limitSeconds: 60,
  timeoutSeconds: 50,
};

/** A simulation and what is special about it. */
export interface Scenario {
  readonly what: string;
  readonly parameters: Omit<Parameters, 'tasks'>;
}

/** As many requests a second as the orchestrator makes: ten apps, or a limit that Fly has raised. */
const noApi = { ...assumed.spawn, apiPerSecond: 1_000, apiBurst: 1_000 };
/** What the rows on machines and network have in common. */
const tenASecond = { ...assumed, spawn: noApi };
const withQuota = (quota: Partial<Parameters['quota']>) => ({
  ...tenASecond,
  quota: { ...assumed.quota, ...quota },
});

/** First who may spawn how fast, then what a machine is. */
export const scenarios: readonly Scenario[] = [
  { what: 'as assumed: 100 per 10 s, API 1/s', parameters: assumed },
  { what: '100 per 10 s, API no limit', parameters: tenASecond },
  {
    what: '1 000 per 10 s, API no limit',
    parameters: { ...assumed, spawn: { ...noApi, perWindow: 1_000 } },
  },
  {
    what: '100 per 10 s, API no limit, 20 machines at a time',
    parameters: { ...assumed, spawn: { ...noApi, machines: 20 } },
  },
  { what: '… cores half as fast', parameters: { ...tenASecond, coreSpeed: 0.5 } },
  { what: '… burst 1 s per CPU', parameters: withQuota({ burstSeconds: 1 }) },
  { what: '… no burst', parameters: withQuota({ burstSeconds: 0 }) },
  {
    what: '… no burst, cores half as fast',
    parameters: { ...withQuota({ burstSeconds: 0 }), coreSpeed: 0.5 },
  },
  {
    what: '… boot 10 s, p95 40 s',
    parameters: { ...tenASecond, boot: { median: 10, p95: 40 } },
  },
  {
    what: '… network 3 MB/s, 200 ms',
    parameters: {
      ...tenASecond,
      network: { ...assumed.network, requestSeconds: 0.2, megabytesPerSecond: 3 },
    },
  },
];

/** What came of a scenario with a number of tasks. */
export interface Simulated {
  readonly what: string;
  readonly parameters: Parameters;
  readonly outcome: Outcome;
}

/** Simulates each scenario with each number of tasks. */
export function simulateAll(
  measured: readonly MeasuredTask[],
  wanted: readonly Scenario[] = scenarios,
  counts: readonly number[] = TASK_COUNTS,
): Simulated[] {
  return counts.flatMap((tasks) =>
    wanted.map(({ what, parameters: without }) => {
      const parameters = { ...without, tasks };
      return { what, parameters, outcome: simulate(measured, parameters) };
    }),
  );
}

/** All that was simulated as a table in Markdown. */
export function simulationTable(simulated: readonly Simulated[]): string {
  const rows = simulated.map(rowOf);
  const head = [
    'tasks',
    'parameters',
    'all done in',
    'machine-seconds',
    'of a task: median / p99 / most',
    'machines at a time',
    'boot / CPU / throttled / transfer',
    'miss 60 s',
    'limited by',
  ];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function rowOf({ what, parameters, outcome }: Simulated) {
  const { life, machineSeconds, missed } = outcome;
  const seconds = (...values: number[]) =>
    `${values.map((value) => value.toFixed(1)).join(' / ')} s`;
  return [
    grouped(parameters.tasks),
    what,
    duration(outcome.seconds),
    grouped(Math.round(machineSeconds)),
    seconds(outcome.median, outcome.p99, outcome.slowest),
    outcome.mostMachines,
    seconds(life.boot, life.cpu, life.throttled, life.transfer),
    `${grouped(missed)} (${((100 * missed) / parameters.tasks).toFixed(1)} %)`,
    whatLimits(outcome),
  ];
}

const grouped = (value: number) => value.toLocaleString('en').replaceAll(',', ' ');

/** In what a person would say: seconds, minutes or hours. */
function duration(seconds: number): string {
  if (seconds < 120) return `${seconds.toFixed(0)} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
