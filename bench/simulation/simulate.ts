/** Thousands of tasks on machines of their own, reckoned from what single ones took. Pure. */
import { createHeap } from './heap.ts';
import { firstBalance, type Quota, timeFor, type Work } from './quota.ts';
import { choose, drawSpread, type Random, type Spread, seededRandom } from './random.ts';
import { type SpawnLimits, spawnLimiter } from './spawning.ts';

/** What is needed of a task that was measured. */
export interface MeasuredTask {
  readonly tiffMB: number;
  readonly jpegMB: number;
  readonly conversionSeconds: number;
  readonly cpuSeconds: number;
  readonly conversionCpuSeconds: number;
}

/** What is between a machine, R2 and the orchestrator. */
export interface Network {
  /** Until the answer to a request begins. */
  readonly requestSeconds: number;
  /** How many wait for one another in a task: GET, HEAD, PUT, callback, and connections before them. */
  readonly requests: number;
  readonly megabytesPerSecond: number;
}

/** Everything that a simulation depends on. */
export interface Parameters {
  readonly tasks: number;
  readonly seed: number;
  readonly spawn: SpawnLimits;
  readonly quota: Quota;
  readonly network: Network;
  /** From asking for a machine to the start of the worker's process, image pull included, in seconds. */
  readonly boot: Spread;
  /** How fast a core of the machine is, by that of the measurements. */
  readonly coreSpeed: number;
  /** When the orchestrator gives a task up, counted from asking for its machine. */
  readonly limitSeconds: number;
  /** When the worker gives up by itself, counted from its start. */
  readonly timeoutSeconds: number;
}

/** Where the life of a machine goes, in seconds. */
export interface Life {
  readonly boot: number;
  readonly cpu: number;
  readonly throttled: number;
  readonly transfer: number;
}

/** What a simulation comes to. */
export interface Outcome {
  /** Until the last machine has ended. */
  readonly seconds: number;
  /** Until the last machine was asked for. */
  readonly spawnSeconds: number;
  /** How much of that was waiting for the rates, and for machines to end. */
  readonly heldBack: { readonly byRate: number; readonly byMachines: number };
  /** Summed up, from asking for a machine to its end. */
  readonly machineSeconds: number;
  readonly missed: number;
  /** The slowest task, and one in two and in a hundred, from asking for its machine. */
  readonly slowest: number;
  readonly median: number;
  readonly p99: number;
  /** How many there were at a time. */
  readonly mostMachines: number;
  /** Of the average machine. */
  readonly life: Life;
}

/** Runs the tasks, each as one of those measured. */
export function simulate(measured: readonly MeasuredTask[], parameters: Parameters): Outcome {
  const { tasks, spawn, limitSeconds, seed } = parameters;
  const random = seededRandom(seed);
  const mayStart = spawnLimiter(spawn);
  const ends = createHeap();
  const spans: number[] = [];
  const life = { boot: 0, cpu: 0, throttled: 0, transfer: 0 };
  const heldBack = { byRate: 0, byMachines: 0 };
  let [now, seconds, missed, mostMachines] = [0, 0, 0, 0];
  for (let task = 0; task < tasks; task++) {
    const free = ends.size >= spawn.machines ? Math.max(now, ends.pop() ?? 0) : now;
    heldBack.byMachines += free - now;
    now = mayStart(free);
    heldBack.byRate += now - free;
    while ((ends.peek() ?? Number.POSITIVE_INFINITY) <= now) ends.pop();
    const one = runMachine(choose(measured, random), parameters, random);
    for (const part of LIFE) life[part] += one.life[part] / tasks;
    if (one.gaveUp || one.seconds > limitSeconds) missed++;
    spans.push(one.seconds);
    ends.push(now + one.seconds);
    seconds = Math.max(seconds, now + one.seconds);
    mostMachines = Math.max(mostMachines, ends.size);
  }
  const sorted = Float64Array.from(spans).sort();
  const quantile = (share: number) => sorted[Math.ceil(share * tasks) - 1] ?? 0;
  return {
    seconds,
    spawnSeconds: now,
    heldBack,
    machineSeconds: spans.reduce((sum, span) => sum + span, 0),
    missed,
    slowest: quantile(1),
    median: quantile(0.5),
    p99: quantile(0.99),
    mostMachines,
    life,
  };
}

const LIFE = ['boot', 'cpu', 'throttled', 'transfer'] as const satisfies (keyof Life)[];

/** The life of one machine, from being asked for to its end. */
function runMachine(task: MeasuredTask, parameters: Parameters, random: Random) {
  const { quota, timeoutSeconds } = parameters;
  const boot = drawSpread(parameters.boot, random);
  let balance = firstBalance(quota);
  let [seconds, throttled, transfer] = [0, 0, 0];
  for (const work of workOf(task, parameters)) {
    const took = timeFor(work, quota, balance);
    balance = took.balance;
    seconds += took.seconds;
    throttled += took.throttledSeconds;
    transfer += work.waitSeconds;
  }
  const life = { boot, cpu: seconds - throttled - transfer, throttled, transfer };
  const gaveUp = seconds > timeoutSeconds;
  return { seconds: boot + Math.min(seconds, timeoutSeconds), gaveUp, life };
}

/**
 * What a task does, one after the other. The process's start, its requests and the copying of bytes keep
 * one CPU busy; the conversion as many as it kept busy when it was measured.
 */
export function workOf(
  task: MeasuredTask,
  { network, coreSpeed }: Pick<Parameters, 'network' | 'coreSpeed'>,
): Work[] {
  const { megabytesPerSecond, requests, requestSeconds } = network;
  const waiting = (megabytes: number): Work => ({
    cpuSeconds: 0,
    busyCpus: 0,
    waitSeconds: megabytes / megabytesPerSecond + (requests / 2) * requestSeconds,
  });
  const around = Math.max(0, task.cpuSeconds - task.conversionCpuSeconds) / coreSpeed;
  const converting = task.conversionCpuSeconds / coreSpeed;
  const busyCpus = Math.max(1, task.conversionCpuSeconds / task.conversionSeconds);
  return [
    { cpuSeconds: around, busyCpus: 1, waitSeconds: 0 },
    waiting(task.tiffMB),
    { cpuSeconds: converting, busyCpus, waitSeconds: 0 },
    waiting(task.jpegMB),
  ];
}

/** What a simulation can be limited by. */
export type Limit = 'spawn rate' | 'machines at a time' | keyof Life;

/** What holds the whole back the most: getting machines, or else the longest part of the life of one. */
export function whatLimits({ spawnSeconds, heldBack, slowest, life }: Outcome): Limit {
  if (spawnSeconds > slowest)
    return heldBack.byMachines > heldBack.byRate ? 'machines at a time' : 'spawn rate';
  return LIFE.reduce((most, part) => (life[part] > life[most] ? part : most));
}
