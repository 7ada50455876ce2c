import * as v from 'valibot';
import type { CallbackSettings } from '../callback/request.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { PagesSetting } from '../convert/pages.ts';
import type { Budget } from '../convert/plan/resources.ts';
import { SettingsError } from '../errors.ts';
import type { LogFormat } from '../log.ts';
import { r2Endpoint, type StorageSettings } from '../storage/client.ts';
import type { TaskBudget } from './budget.ts';
import { type Environment, type Variable, type VariableName, variables } from './environment.ts';
import type { OutboxSettings } from './outbox/task-outbox.ts';
import { conflicts, problemsOf, schema, taskConflicts, withoutBlanks } from './schema.ts';

/** Everything that `runTask` needs to know. */
export interface TaskSettings {
  readonly taskId: string;
  readonly batchId: string;
  readonly inputKey: string;
  readonly storage: StorageSettings;
  readonly callback: CallbackSettings;
  readonly encoder: EncoderSettings;
  readonly pages: PagesSetting;
  readonly budget: TaskBudget;
  /** Without it, undelivered callbacks are kept in the log only. */
  readonly outbox?: OutboxSettings | undefined;
  readonly logFormat: LogFormat;
}

/** Enough of a task to report an error of its settings. */
export interface CallbackTarget {
  readonly taskId: string;
  readonly batchId: string;
  readonly callback: CallbackSettings;
  readonly budget: Pick<TaskBudget, 'timeoutMs' | 'callbackPatienceMs'>;
  readonly outbox?: OutboxSettings | undefined;
}

/** The settings of a task, or what is wrong with them and whom to tell. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: TaskSettings }
  | {
      readonly ok: false;
      readonly error: SettingsError;
      readonly taskId: string | undefined;
      readonly batchId: string | undefined;
      /** Undefined when task id, batch id or callback URL is missing or malformed. */
      readonly target: CallbackTarget | undefined;
      readonly logFormat: LogFormat;
    };

/**
 * Reads a task from an environment: all variables are looked at, and all that is missing, malformed
 * or not supported is said together. An empty value counts as not set.
 */
export function readTaskSettings(environment: Environment): SettingsResult {
  const set = withoutBlanks(environment);
  const result = v.safeParse(schema, set);
  const problems = [...problemsOf(result), ...taskConflicts(set)];
  if (result.success && problems.length === 0)
    return { ok: true, settings: toSettings(result.output) };
  const logFormat = v.safeParse(v.pick(schema, ['LOG_FORMAT']), set);
  return {
    ok: false,
    error: new SettingsError(problems),
    taskId: set['TASK_ID'],
    batchId: set['BATCH_ID'],
    target: readTarget(set),
    logFormat: logFormat.success ? logFormat.output.LOG_FORMAT : 'text',
  };
}

/**
 * Reads where R2 is and how to get in, for a command that needs no whole task; the account is needed
 * only where no endpoint is given. Throws `SettingsError` naming all that is missing or malformed.
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

/** Reads where callbacks go. Throws `SettingsError` naming all that is missing or malformed. */
export function readCallbackSettings(environment: Environment): CallbackSettings {
  const names = ['CALLBACK_URL', 'CALLBACK_SECRET'] as const;
  const result = v.safeParse(v.pick(schema, names), withoutBlanks(environment));
  if (!result.success) throw new SettingsError(problemsOf(result));
  return { url: result.output.CALLBACK_URL, secret: result.output.CALLBACK_SECRET };
}

/** Reads what callbacks are signed with, if anything. Throws `SettingsError` when it is malformed. */
export function readCallbackSecret(environment: Environment): string | undefined {
  const result = v.safeParse(v.pick(schema, ['CALLBACK_SECRET']), withoutBlanks(environment));
  if (!result.success) throw new SettingsError(problemsOf(result));
  return result.output.CALLBACK_SECRET;
}

function readTarget(set: Environment): CallbackTarget | undefined {
  const names = ['TASK_ID', 'BATCH_ID', 'CALLBACK_URL'] as const;
  const target = v.safeParse(v.pick(schema, names), set);
  if (!target.success) return undefined;
  const { TASK_ID, BATCH_ID, CALLBACK_URL } = target.output;
  const secret = v.safeParse(v.pick(schema, ['CALLBACK_SECRET']), set);
  return {
    taskId: TASK_ID,
    batchId: BATCH_ID,
    callback: {
      url: CALLBACK_URL,
      secret: secret.success ? secret.output.CALLBACK_SECRET : undefined,
    },
    budget: { timeoutMs: readTaskTimeout(set) },
    outbox: readOutbox(set),
  };
}

/** The deadline of a task whose other settings may be wrong, in milliseconds since its process was started. */
export function readTaskTimeout(environment: Environment): number {
  const set = withoutBlanks(environment);
  const timeout = v.safeParse(v.pick(schema, ['TASK_TIMEOUT_MS']), set);
  return timeout.success ? timeout.output.TASK_TIMEOUT_MS : DEFAULT_TIMEOUT_MS;
}

/** The outbox of a task whose other settings may be wrong. */
function readOutbox(set: Environment): OutboxSettings | undefined {
  const result = v.safeParse(v.pick(schema, ['CALLBACK_OUTBOX_PREFIX']), set);
  const prefix = result.success ? result.output.CALLBACK_OUTBOX_PREFIX : undefined;
  if (prefix === undefined || taskConflicts(set).length > 0) return undefined;
  try {
    return { prefix, storage: readStorageSettings(set), inputKey: set['INPUT_R2_KEY'] };
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

function toSettings(env: v.InferOutput<typeof schema>): TaskSettings {
  return {
    taskId: env.TASK_ID,
    batchId: env.BATCH_ID,
    inputKey: env.INPUT_R2_KEY,
    storage: toStorage(env),
    callback: { url: env.CALLBACK_URL, secret: env.CALLBACK_SECRET },
    encoder: {
      quality: env.JPEG_QUALITY,
      chromaSubsampling: env.JPEG_CHROMA_SUBSAMPLING,
      background: env.JPEG_BACKGROUND,
      effort: env.JPEG_EFFORT,
      profile: env.JPEG_PROFILE,
      metadata: env.JPEG_METADATA,
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
    outbox: env.CALLBACK_OUTBOX_PREFIX
      ? { prefix: env.CALLBACK_OUTBOX_PREFIX, storage: toStorage(env), inputKey: env.INPUT_R2_KEY }
      : undefined,
    logFormat: env.LOG_FORMAT,
  };
}

/** A task whose own deadline cannot be read has the usual one to report that. */
const DEFAULT_TIMEOUT_MS = 50_000;

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

/** What a local conversion may use. Throws `SettingsError` when `MEMORY_LIMIT_MB` is malformed. */
export function readConversionBudget(environment: Environment): Budget {
  const limit = v.safeParse(v.pick(schema, ['MEMORY_LIMIT_MB']), withoutBlanks(environment));
  if (!limit.success) throw new SettingsError(problemsOf(limit));
  return { memoryBytes: megabytesToBytes(limit.output.MEMORY_LIMIT_MB) };
}

/** The values in an environment that must never be seen. */
export function secretsOf(environment: Environment): string[] {
  return (variables as readonly Variable[])
    .filter(({ secret }) => secret)
    .flatMap(({ name }) => environment[name] ?? []);
}

/** The addresses in an environment, whose queries must never be seen. */
export function urlsOf(environment: Environment): string[] {
  return ['CALLBACK_URL', 'R2_ENDPOINT'].flatMap((name) => environment[name] ?? []);
}
