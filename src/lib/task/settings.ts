import * as v from 'valibot';
import type { CallbackSettings } from '../callback/request.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { PagesSetting } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import { SettingsError } from '../errors.ts';
import type { LogFormat } from '../log.ts';
import { createRedactor, type Redactor } from '../redact.ts';
import { r2Endpoint, type StorageSettings } from '../storage/client.ts';
import type { TaskBudget } from './budget.ts';
import { conflicts, taskConflicts } from './conflicts.ts';
import {
  type Environment,
  knownVariables,
  schema,
  secretVariables,
  type VariableName,
  type VariableValue,
  variableOf,
} from './environment.ts';
import type { OutboxSettings } from './outbox/task-outbox.ts';

/** What the stages of a task need: no addresses, and no secrets. */
export interface StageSettings {
  readonly taskId: string;
  readonly batchId: string;
  readonly inputKey: string;
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  readonly budget: TaskBudget;
}

/** Everything that `runTask` needs. */
export interface TaskSettings extends StageSettings {
  readonly storage: StorageSettings;
  readonly callback: CallbackSettings;
  /** Without it, undelivered callbacks are kept only in the log. */
  readonly outbox?: OutboxSettings | undefined;
  readonly logFormat: LogFormat;
}

/** What is needed to report an error in a task's settings. */
export interface CallbackTarget {
  readonly taskId: string;
  readonly batchId: string;
  readonly callback: CallbackSettings;
  readonly budget: Pick<TaskBudget, 'timeoutMs' | 'callbackPatienceMs'>;
  readonly outbox?: OutboxSettings | undefined;
}

/** The settings of a task, or their problems and where to report them. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: TaskSettings }
  | {
      readonly ok: false;
      readonly error: SettingsError;
      readonly taskId: string | undefined;
      readonly batchId: string | undefined;
      /** Undefined if task id, batch id or callback URL is missing or malformed. */
      readonly target: CallbackTarget | undefined;
      readonly logFormat: LogFormat;
    };

/**
 * Reads a task from an environment. Checks all variables and reports everything missing, malformed
 * or unsupported together. An empty value counts as unset.
 */
export function readTaskSettings(environment: Environment): SettingsResult {
  const set = withoutBlanks(environment);
  const result = v.safeParse(schema, set);
  const problems = [...problemsOf(result), ...taskConflicts(set)];
  if (result.success && problems.length === 0)
    return { ok: true, settings: toSettings(result.output) };
  return {
    ok: false,
    error: new SettingsError(problems),
    taskId: set['TASK_ID'],
    batchId: set['BATCH_ID'],
    target: readTarget(set),
    logFormat: valueOrDefault('LOG_FORMAT', set),
  };
}

/**
 * Reads the R2 settings for a command without a task; the account is needed only without an
 * endpoint. Throws `SettingsError` that names everything missing or malformed.
 */
export function readStorageSettings(environment: Environment): StorageSettings {
  const set = withoutBlanks(environment);
  const names = [
    ...(['R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY', 'R2_BUCKET'] as const),
    ...(['R2_ENDPOINT', 'R2_JURISDICTION'] as const),
  ] as const;
  const account = set['R2_ENDPOINT'] ? v.object({}) : v.pick(schema, ['R2_ACCOUNT_ID']);
  const result = v.safeParse(v.pick(schema, names), set);
  const problems = [
    ...problemsOf(v.safeParse(account, set)),
    ...problemsOf(result),
    ...conflicts(set),
  ];
  if (!result.success || problems.length > 0) throw new SettingsError(problems);
  return toStorage({ ...result.output, R2_ACCOUNT_ID: set['R2_ACCOUNT_ID'] ?? '' });
}

/** Reads one variable. Throws `SettingsError` if it is malformed, or required and missing. */
export function readVariable<N extends VariableName>(
  name: N,
  environment: Environment,
): VariableValue<N> {
  const result = v.safeParse(v.pick(schema, [name]), withoutBlanks(environment));
  if (!result.success) throw new SettingsError(problemsOf(result));
  return result.output[name] as VariableValue<N>;
}

/**
 * An optional variable of a task whose settings may be wrong: a malformed value counts as unset.
 */
function valueOrDefault<N extends VariableName>(name: N, set: Environment): VariableValue<N> {
  const read = (value: string | undefined) => v.safeParse(variableOf(name).schema, value);
  const result = read(set[name]);
  return (result.success ? result : read(undefined)).output as VariableValue<N>;
}

function readTarget(set: Environment): CallbackTarget | undefined {
  const names = ['TASK_ID', 'BATCH_ID', 'CALLBACK_URL'] as const;
  const target = v.safeParse(v.pick(schema, names), set);
  if (!target.success) return undefined;
  return {
    taskId: target.output.TASK_ID,
    batchId: target.output.BATCH_ID,
    callback: {
      url: target.output.CALLBACK_URL,
      secret: valueOrDefault('CALLBACK_SECRET', set),
    },
    budget: { timeoutMs: readTaskTimeout(set) },
    outbox: readOutbox(set),
  };
}

/**
 * The deadline of a task whose other settings may be wrong, in milliseconds after its process was
 * started.
 */
export function readTaskTimeout(environment: Environment): number {
  return valueOrDefault('TASK_TIMEOUT_MS', withoutBlanks(environment));
}

/** The outbox of a task whose other settings may be wrong. */
function readOutbox(set: Environment): OutboxSettings | undefined {
  const prefix = valueOrDefault('CALLBACK_OUTBOX_PREFIX', set);
  if (prefix === undefined || taskConflicts(set).length > 0) return undefined;
  try {
    return { prefix, storage: readStorageSettings(set), inputKey: set['INPUT_R2_KEY'] };
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

function toSettings(env: v.InferOutput<typeof schema>): TaskSettings {
  const { CALLBACK_OUTBOX_PREFIX: prefix, INPUT_R2_KEY: inputKey } = env;
  const storage = toStorage(env);
  return {
    taskId: env.TASK_ID,
    batchId: env.BATCH_ID,
    inputKey,
    storage,
    callback: { url: env.CALLBACK_URL, secret: env.CALLBACK_SECRET },
    encoder: {
      quality: env.JPEG_QUALITY,
      chromaSubsampling: env.JPEG_CHROMA_SUBSAMPLING,
      background: env.JPEG_BACKGROUND,
      effort: env.JPEG_EFFORT,
      profile: env.JPEG_PROFILE,
      metadata: env.JPEG_METADATA,
      maxSize: env.JPEG_MAX_SIZE,
    },
    pages: env.TIFF_PAGES,
    budget: {
      timeoutMs: env.TASK_TIMEOUT_MS,
      callbackPatienceMs: env.CALLBACK_PATIENCE_MS,
      cpuSeconds: env.TASK_CPU_SECONDS,
      memoryBytes: megabytesToBytes(env.MEMORY_LIMIT_MB),
      onFly: env.FLY_MACHINE_ID !== undefined,
      machineVersion: env.FLY_MACHINE_VERSION,
    },
    outbox: prefix ? { prefix, storage, inputKey } : undefined,
    logFormat: env.LOG_FORMAT,
  };
}

function megabytesToBytes(megabytes: number | undefined): number | undefined {
  return megabytes === undefined ? undefined : megabytes * 1024 * 1024;
}

type StorageVariable = Extract<VariableName, `R2_${string}`>;

function toStorage(env: Pick<v.InferOutput<typeof schema>, StorageVariable>): StorageSettings {
  return {
    endpoint: env.R2_ENDPOINT ?? r2Endpoint(env.R2_ACCOUNT_ID, env.R2_JURISDICTION),
    bucket: env.R2_BUCKET,
    accessKeyId: env.R2_ACCESS_KEY_ID,
    secretAccessKey: env.R2_SECRET_ACCESS_KEY,
  };
}

/** The limits of a local conversion. Throws `SettingsError` if `MEMORY_LIMIT_MB` is malformed. */
export function readConversionBudget(environment: Environment): Budget {
  return { memoryBytes: megabytesToBytes(readVariable('MEMORY_LIMIT_MB', environment)) };
}

/** Masks the secrets of an environment, and the queries of its addresses and of `otherUrls`. */
export function redactorOf(environment: Environment, otherUrls: readonly string[] = []): Redactor {
  const addresses = knownVariables.filter((name) => variableOf(name).address);
  const valuesOf = (names: readonly string[]) => names.map((name) => environment[name]);
  return createRedactor(valuesOf(secretVariables), [...valuesOf(addresses), ...otherUrls]);
}

/** The variables that are set: an empty value counts as unset. */
function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

/** The problems of single variables, one line each. */
function problemsOf(result: v.SafeParseResult<v.GenericSchema>): string[] {
  return (result.issues ?? []).map((issue) => `${v.getDotPath(issue)} ${issue.message}`);
}
