/** The parameters of a simulation as options of a command line. */
import { parseArgs } from 'node:util';
import { assumed } from './scenarios.ts';
import type { Parameters } from './simulate.ts';

/** Every option that is a number, with what it says. */
const NUMBERS = {
  tasks: 'how many',
  seed: 'of the chance',
  'per-window': 'machines that the orchestrator asks for …',
  window: '… in so many seconds',
  'api-rate': "requests a second that Fly's API takes",
  'api-burst': 'requests that it takes at once after a rest',
  machines: 'that there may be at a time',
  cpus: 'shared ones, of a machine',
  burst: 'seconds of each CPU before it is throttled',
  share: 'of each CPU after that: 0.0625 is 5 ms in 80',
  'boot-median': 'seconds from asking for a machine to the worker',
  'boot-p95': 'the same, of the slowest in twenty',
  'request-seconds': 'until an answer begins',
  requests: 'of a task that wait for one another',
  'mb-per-second': 'of a machine, to and from R2',
  'core-speed': 'of a machine, by that of the measurements',
  limit: 'seconds after which the orchestrator gives a task up',
  timeout: 'seconds after which the worker does',
} as const;
type Option = keyof typeof NUMBERS;
/** Of the rest, 0 would mean that nothing ever happens. */
const MAY_BE_ZERO: readonly Option[] = ['seed', 'burst', 'request-seconds', 'requests'];

/** What was asked for on the command line. */
export interface Request {
  readonly json: boolean;
  readonly help: boolean;
  /** Undefined without any parameter: all the scenarios. */
  readonly parameters: Parameters | undefined;
}

/** Reads them; throws an Error that names the option which is none, or no number. */
export function readParameters(args: readonly string[]): Request {
  const names = Object.keys(NUMBERS) as Option[];
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
    },
  });
  const given = values as Record<string, unknown>;
  const number = (name: Option, otherwise: number): number => {
    if (given[name] === undefined) return otherwise;
    const value = Number(given[name]);
    if (!(value > 0 || (value === 0 && MAY_BE_ZERO.includes(name))))
      throw new Error(`--${name} takes a number above 0, not ${given[name]}.`);
    return value;
  };
  const { spawn, quota, network, boot, coreSpeed, limitSeconds, timeoutSeconds, seed } = assumed;
  const parameters: Parameters = {
    tasks: number('tasks', 1_000),
    seed: number('seed', seed),
    spawn: {
      perWindow: number('per-window', spawn.perWindow),
      windowSeconds: number('window', spawn.windowSeconds),
      apiPerSecond: number('api-rate', spawn.apiPerSecond),
      apiBurst: number('api-burst', spawn.apiBurst),
      machines: number('machines', spawn.machines),
    },
    quota: {
      cpus: number('cpus', quota.cpus),
      burstSeconds: number('burst', quota.burstSeconds),
      share: number('share', quota.share),
    },
    network: {
      requestSeconds: number('request-seconds', network.requestSeconds),
      requests: number('requests', network.requests),
      megabytesPerSecond: number('mb-per-second', network.megabytesPerSecond),
    },
    boot: { median: number('boot-median', boot.median), p95: number('boot-p95', boot.p95) },
    coreSpeed: number('core-speed', coreSpeed),
    limitSeconds: number('limit', limitSeconds),
    timeoutSeconds: number('timeout', timeoutSeconds),
  };
  return {
    json: values.json === true,
    help: values.help === true,
    parameters: names.some((name) => given[name] !== undefined) ? parameters : undefined,
  };
}

/** The options, a line each. */
export function parameterHelp(): string {
  return Object.entries(NUMBERS)
    .map(([name, what]) => `  --${name.padEnd(18)}${what}`)
    .join('\n');
}
