/*
 * The table of variables: everything that `arke-tiff run` reads from its environment, and what
 * other commands read or have flags for. Formats, secrets and defaults are defined only here. It is
 * the source of a task's settings (`settings.ts`), the flags of commands (`cli/setting-flags.ts`),
 * what is masked in logs, the warnings about unknown variables, the JSON Schema and, with the texts
 * of `environment-text.ts`, `run --help` and docs/configuration.md.
 *
 * Every task loads this file before its first request: no texts for people here.
 */
import * as v from 'valibot';
import { secretProblem } from '../callback/request.ts';
import {
  backgroundProblem,
  chromaSubsamplings,
  defaultEncoderSettings,
  effortSettings,
  metadataSettings,
  profileSettings,
} from '../convert/encoder-settings.ts';
import { maxSizeRange } from '../convert/max-size.ts';
import { pagesProblem, parsePages } from '../convert/pages.ts';
import { httpUrlProblem, requestUrl } from '../http-url.ts';
import { keyProblem, lengthProblem } from '../keys.ts';
import { logFormats } from '../log.ts';
import { jurisdictions } from '../storage/client.ts';
import { outboxPrefix, outboxPrefixProblem } from './outbox/keys.ts';

/** One environment variable. */
export interface Variable {
  /** Its format, its parsed value, and its default. */
  readonly schema: v.GenericSchema<string | undefined, unknown>;
  /** The flag of commands for it. */
  readonly flag?: string;
  /** Its value must never be shown. */
  readonly secret?: true;
  /** An address, whose query must never be shown. */
  readonly address?: true;
}

const text = v.string();
const checked = (problemOf: (value: string) => string | undefined) =>
  v.pipe(
    text,
    v.rawCheck(({ dataset, addIssue }) => {
      const problem = dataset.typed ? problemOf(dataset.value) : undefined;
      if (problem) addIssue({ message: problem });
    }),
  );
const oneOf = <const T extends readonly string[]>(values: T) =>
  v.picklist(values, `must be ${values.join(' or ')}`);

const wholeNumber = (least: number, most: number) =>
  v.pipe(
    text,
    v.check(
      (value) =>
        /^(0|[1-9]\d{0,14})$/.test(value) && Number(value) >= least && Number(value) <= most,
      `must be a whole number from ${least} to ${most}`,
    ),
    v.metadata({ range: [least, most] }),
    v.transform(Number),
  );

/** Refuses common copying mistakes: a trailing line end or a space. */
const credential = v.pipe(
  text,
  v.regex(/^[!-~]+$/, 'must not hold spaces, line ends or other stray characters'),
);

const { quality, chromaSubsampling, effort, background, profile, metadata } =
  defaultEncoderSettings;

/**
 * Every variable, in the order of the documentation; the first eight are the contract's
 * (docs/contract.md, "Environment variables"), and are required.
 */
export const variables = {
  TASK_ID: { schema: checked(lengthProblem), flag: 'task-id' },
  BATCH_ID: { schema: checked(lengthProblem), flag: 'batch-id' },
  INPUT_R2_KEY: { schema: checked(keyProblem) },
  R2_ACCOUNT_ID: {
    schema: v.pipe(text, v.regex(/^[\w-]+$/, 'must consist of letters, digits, - and _')),
    flag: 'account-id',
  },
  R2_ACCESS_KEY_ID: { schema: credential, secret: true },
  R2_SECRET_ACCESS_KEY: { schema: credential, secret: true },
  R2_BUCKET: {
    schema: v.pipe(text, v.regex(/^[\w.-]+$/, 'must be a bucket name: letters, digits, . - and _')),
    flag: 'bucket',
  },
  CALLBACK_URL: {
    schema: v.pipe(checked(httpUrlProblem), v.transform(requestUrl)),
    flag: 'url',
    address: true,
  },
  R2_ENDPOINT: { schema: v.optional(checked(endpointProblem)), flag: 'endpoint', address: true },
  R2_JURISDICTION: { schema: v.optional(oneOf(jurisdictions)), flag: 'jurisdiction' },
  TASK_TIMEOUT_MS: { schema: v.optional(wholeNumber(1_000, 86_400_000), '50000') },
  CALLBACK_PATIENCE_MS: { schema: v.optional(wholeNumber(0, 3_600_000), '60000') },
  TASK_CPU_SECONDS: { schema: v.optional(wholeNumber(1, 1_000_000)) },
  FLY_MACHINE_ID: { schema: v.optional(text) },
  FLY_MACHINE_VERSION: { schema: v.optional(text) },
  MEMORY_LIMIT_MB: { schema: v.optional(wholeNumber(1, 1_048_576)) },
  JPEG_QUALITY: { schema: v.optional(wholeNumber(1, 100), `${quality}`), flag: 'quality' },
  JPEG_CHROMA_SUBSAMPLING: {
    schema: v.optional(oneOf(chromaSubsamplings), chromaSubsampling),
    flag: 'chroma-subsampling',
  },
  JPEG_EFFORT: { schema: v.optional(oneOf(effortSettings), effort), flag: 'effort' },
  JPEG_BACKGROUND: {
    schema: v.optional(checked(backgroundProblem), background),
    flag: 'background',
  },
  JPEG_PROFILE: { schema: v.optional(oneOf(profileSettings), profile), flag: 'profile' },
  JPEG_METADATA: { schema: v.optional(oneOf(metadataSettings), metadata), flag: 'metadata' },
  JPEG_MAX_SIZE: { schema: v.optional(wholeNumber(...maxSizeRange)), flag: 'max-size' },
  TIFF_PAGES: {
    schema: v.optional(v.pipe(checked(pagesProblem), v.transform(parsePages)), 'first'),
    flag: 'page',
  },
  CALLBACK_SECRET: { schema: v.optional(checked(secretProblem)), secret: true },
  CALLBACK_OUTBOX_PREFIX: {
    schema: v.optional(v.pipe(checked(outboxPrefixProblem), v.transform(outboxPrefix))),
    flag: 'outbox-prefix',
  },
  LOG_FORMAT: { schema: v.optional(oneOf(logFormats), 'text') },
} as const satisfies Readonly<Record<string, Variable>>;

type Variables = typeof variables;

/** The name of a variable read by `arke-tiff run`. */
export type VariableName = keyof Variables;

/** The parsed value of a variable. */
export type VariableValue<N extends VariableName> = v.InferOutput<Variables[N]['schema']>;

/** The names of all variables, in the order of the documentation. */
export const knownVariables = Object.keys(variables) as readonly VariableName[];

/** The row of a variable. */
export function variableOf(name: VariableName): Variable {
  return variables[name];
}

/** The names of variables whose values must never be shown. */
export const secretVariables: readonly string[] = knownVariables.filter(
  (name) => variableOf(name).secret,
);

/** The environment of a task. */
export const schema = v.object(
  Object.fromEntries(knownVariables.map((name) => [name, variables[name].schema])) as {
    readonly [N in VariableName]: Variables[N]['schema'];
  },
  'is missing',
);

/** An environment: names and values, like `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

function endpointProblem(value: string): string | undefined {
  return httpUrlProblem(value) ?? (/[?#]/.test(value) ? 'must not have a query' : undefined);
}
