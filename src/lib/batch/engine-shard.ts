import { SettingsError } from '../errors.ts';
import { MOST_SHARDS, type Shard } from './shards.ts';

type EngineVariables = Readonly<Record<string, string | undefined>>;

/** An engine that starts many copies of a command, and says in variables which one each is. */
interface Engine {
  readonly name: string;
  readonly index: string;
  /** Kubernetes does not say how many copies there are. */
  readonly count?: string;
  /** The index of the first copy, if it is not always 0. */
  readonly first?: string;
  readonly problem?: (variables: EngineVariables) => string | undefined;
}

const engines: readonly Engine[] = [
  // https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
  { name: 'Kubernetes', index: 'JOB_COMPLETION_INDEX' },
  // https://cloud.google.com/run/docs/container-contract#env-vars-jobs
  { name: 'Cloud Run', index: 'CLOUD_RUN_TASK_INDEX', count: 'CLOUD_RUN_TASK_COUNT' },
  // https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
  {
    name: 'AWS Batch',
    index: 'AWS_BATCH_JOB_ARRAY_INDEX',
    count: 'AWS_BATCH_JOB_ARRAY_SIZE',
  },
  // https://slurm.schedmd.com/job_array.html#env_vars
  {
    name: 'Slurm',
    index: 'SLURM_ARRAY_TASK_ID',
    count: 'SLURM_ARRAY_TASK_COUNT',
    first: 'SLURM_ARRAY_TASK_MIN',
    problem: slurmGaps,
  },
];

/**
 * The shard of this process by the variables of the engine that started it. `count` is what the
 * user says; Kubernetes needs it. Throws `SettingsError` if no engine has set its variables, or
 * more than one, and if a number is missing or makes no sense.
 */
export function engineShard(variables: EngineVariables, count?: number): Shard {
  const set = engines.filter(({ index, count: size }) =>
    [index, size].some((name) => name !== undefined && isSet(variables, name)),
  );
  const [engine, other] = set;
  if (!engine)
    throw wrong(
      `no engine has set its number: ${listOf(engines)}. Without an engine, use --shard I/N`,
    );
  if (other) throw wrong(`${engine.name} and ${other.name} have both set theirs: ${listOf(set)}`);
  const problem = engine.problem?.(variables);
  if (problem) throw wrong(problem);
  const first = engine.first === undefined ? 0 : numberIn(variables, engine.first, engine);
  const index = numberIn(variables, engine.index, engine) - first;
  const total = countBy(engine, variables, count);
  if (index >= total || index < 0)
    throw wrong(`${engine.index} is ${variables[engine.index]}, and there are ${total} shards`);
  return { index, count: total };
}

function countBy(engine: Engine, variables: EngineVariables, given: number | undefined): number {
  if (engine.count === undefined) {
    if (given !== undefined) return given;
    throw wrong(`${engine.name} does not say how many there are: use --shard auto/N`);
  }
  const count = numberIn(variables, engine.count, engine);
  if (count < 1 || count > MOST_SHARDS)
    throw wrong(`${engine.count} is ${count}, and must be from 1 to ${MOST_SHARDS}`);
  if (given !== undefined && given !== count)
    throw wrong(`${engine.count} is ${count}, and --shard says ${given}`);
  return count;
}

function numberIn(variables: EngineVariables, name: string, { name: engine }: Engine): number {
  const text = variables[name]?.trim() ?? '';
  if (text === '') throw wrong(`${engine} has not set ${name}`);
  if (!/^\d{1,9}$/.test(text)) throw wrong(`${name} is "${text}", which is no whole number`);
  return Number(text);
}

/** An array such as `--array=0-9:2` or `1,5,7` has numbers that no task has. */
function slurmGaps(variables: EngineVariables): string | undefined {
  const [min, max, count] = ['MIN', 'MAX', 'COUNT'].map((end) => {
    const text = variables[`SLURM_ARRAY_TASK_${end}`]?.trim();
    return text ? Number(text) : Number.NaN;
  }) as [number, number, number];
  const step = variables['SLURM_ARRAY_TASK_STEP']?.trim() || '1';
  const hasGaps = step !== '1' || max - min + 1 > count;
  return hasGaps
    ? 'the numbers of the Slurm array have gaps, so some shards would have no task: use --array=0-N without a step'
    : undefined;
}

function isSet(variables: EngineVariables, name: string): boolean {
  return (variables[name]?.trim() ?? '') !== '';
}

function listOf(some: readonly Engine[]): string {
  return some.map(({ name, index }) => `${index} (${name})`).join(', ');
}

function wrong(problem: string): SettingsError {
  return new SettingsError([`--shard auto: ${problem}`]);
}
