/*
 * The texts of the table of variables (`environment.ts`), for help, docs and the JSON Schema; no
 * task loads them. A variable without a text does not compile.
 */
import * as v from 'valibot';
import { type VariableName, type VariableValue, variableOf } from './environment.ts';

/** The meaning of a variable, for people; \`code\` is marked. */
interface Meaning {
  readonly meaning: string;
  /** The commands besides `run` that read it, if it has no flag. */
  readonly usedBy?: string;
}

/** The effect of an unset variable, if that is not one of its values. */
interface Unset {
  readonly unset: string;
}

type VariableMeanings = {
  readonly [N in VariableName]: undefined extends VariableValue<N> ? Meaning & Unset : Meaning;
};

const R2_COMMANDS = 'as `R2_BUCKET`';

const words: VariableMeanings = {
  TASK_ID: { meaning: 'Unique task identifier' },
  BATCH_ID: { meaning: 'Batch identifier' },
  INPUT_R2_KEY: { meaning: 'Key of the TIFF to convert' },
  R2_ACCOUNT_ID: { meaning: 'Cloudflare account that owns the bucket' },
  R2_ACCESS_KEY_ID: { meaning: 'Access key of an R2 API token', usedBy: R2_COMMANDS },
  R2_SECRET_ACCESS_KEY: { meaning: 'Secret of that token', usedBy: R2_COMMANDS },
  R2_BUCKET: { meaning: 'Bucket of the TIFF and the JPEG' },
  CALLBACK_URL: { meaning: 'Where the result is POSTed: http or https, no credentials in it' },
  R2_ENDPOINT: {
    meaning: 'Full S3 endpoint, without the bucket; addressing is path-style',
    unset: 'from the account',
  },
  R2_JURISDICTION: {
    meaning: 'Jurisdiction of the bucket; not together with `R2_ENDPOINT`',
    unset: 'none',
  },
  TASK_TIMEOUT_MS: {
    meaning: 'Deadline in milliseconds from the start of the process, callback included',
  },
  CALLBACK_PATIENCE_MS: {
    meaning:
      'How long after the deadline a success that was not accepted is retried, in milliseconds',
  },
  TASK_CPU_SECONDS: {
    meaning: 'CPU seconds that the plan of the conversion may spend',
    unset: 'on Fly 10 + 0.125 × seconds left, elsewhere cores × seconds left',
  },
  FLY_MACHINE_ID: {
    meaning: 'Shows that the CPUs are shared, for the default of `TASK_CPU_SECONDS`',
    unset: 'set by Fly',
  },
  FLY_MACHINE_VERSION: {
    meaning: 'Shows when the machine was requested; a late start leaves the plan less time',
    unset: 'set by Fly',
  },
  MEMORY_LIMIT_MB: {
    meaning:
      'Memory that the plan of the conversion may use; detected: the limit of the cgroup or the machine, less what the worker itself holds and 48 MB',
    unset: 'detected',
    usedBy: '`batch`, `convert`, `inspect`',
  },
  JPEG_QUALITY: { meaning: 'JPEG quality' },
  JPEG_CHROMA_SUBSAMPLING: {
    meaning: 'Chroma subsampling; `4:4:4` keeps the full colour resolution',
  },
  JPEG_EFFORT: {
    meaning: 'Encoder effort; `auto` takes the highest that memory, time and CPU permit',
  },
  JPEG_BACKGROUND: { meaning: 'Background of transparent pixels: `white`, `black` or `#rrggbb`' },
  JPEG_PROFILE: {
    meaning:
      'Colour profile: `srgb` converts the colours and embeds none, `keep` keeps the embedded one',
  },
  JPEG_METADATA: { meaning: 'Which metadata of the TIFF to copy' },
  JPEG_MAX_SIZE: {
    meaning: 'Reduce larger pictures until their longer side has this many pixels',
    unset: 'full size',
  },
  TIFF_PAGES: {
    meaning:
      'Pages to convert: `first`, `all` (scan.jpg, scan.page-2.jpg, …), a number, or numbers and ranges such as `1-3,5`; thumbnails, pyramid levels and masks do not count as pages',
  },
  CALLBACK_SECRET: {
    meaning: 'Standard Webhooks secret (`whsec_…`): callbacks carry `webhook-signature`',
    unset: 'none',
    usedBy: '`batch --report-to`, `callback`',
  },
  CALLBACK_OUTBOX_PREFIX: {
    meaning:
      'Key prefix of the outbox, where undelivered callbacks are kept for `arke-tiff callback pending`; must not overlap the TIFFs',
    unset: 'none',
  },
  LOG_FORMAT: {
    meaning: 'Log lines: `text` as the contract has them, or `json`, one event a line',
  },
};

/** Variables of the system and of libraries that all commands honour. */
export const foreignVariables = {
  TMPDIR: 'Folder for temporary files, `/tmp` by default, with room for the TIFF and the JPEG',
  NO_COLOR: 'No colours',
  TERM: '`dumb`: no colours, and plain lines instead of progress',
  DEBUG: '`1` shows the stack of errors; `*` shows what oclif does, including the command line',
} as const;

/** A variable as described in help and docs. */
export interface VariableText extends Meaning {
  /** `required`, or the default. */
  readonly fallback: string;
  /** The allowed values, if they can be listed: `eu, fedramp`, `1–100`. */
  readonly values: string | undefined;
}

/** The text of a variable. */
export function variableText(name: VariableName): VariableText {
  const { unset, ...rest }: Meaning & Partial<Unset> = words[name];
  const fallback = isRequired(name) ? 'required' : (unset ?? `${defaultOf(name)}`);
  const range = numberRange(name)?.join('–');
  return { ...rest, fallback, values: range ?? choicesOf(name)?.join(', ') };
}

/** Whether a task requires it. */
export function isRequired(name: VariableName): boolean {
  return variableOf(name).schema.type !== 'optional';
}

/** The default of a variable, as text; undefined if it has none. */
export function defaultOf(name: VariableName): string | undefined {
  return v.getDefault(variableOf(name).schema as v.OptionalSchema<v.GenericSchema, string>);
}

/** The allowed texts of a variable, if there are only a few. */
export function choicesOf(name: VariableName): readonly string[] | undefined {
  const { options } = valueSchema(name) as { readonly options?: readonly string[] };
  return options;
}

/** The smallest and largest value of a number. */
export function numberRange(name: VariableName): readonly [number, number] | undefined {
  return v.getMetadata(valueSchema(name))['range'] as readonly [number, number] | undefined;
}

/** The schema of a variable that is set. */
function valueSchema(name: VariableName): v.GenericSchema {
  const { schema } = variableOf(name);
  return 'wrapped' in schema ? (schema.wrapped as v.GenericSchema) : schema;
}
