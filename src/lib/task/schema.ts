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
import { pagesProblem, parsePages } from '../convert/pages.ts';
import { httpUrlProblem, requestUrl } from '../http-url.ts';
import { keyProblem, lengthProblem } from '../keys.ts';
import { logFormats } from '../log.ts';
import { jurisdictions } from '../storage/client.ts';
import type { Environment, VariableName } from './environment.ts';
import { isAmongInputs, outboxPrefix, outboxPrefixProblem } from './outbox/keys.ts';

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
    v.transform(Number),
  );

/** The usual copying mistakes: a line end or a space that came along. */
const credential = v.pipe(
  text,
  v.regex(/^[!-~]+$/, 'must not hold spaces, line ends or other stray characters'),
);

/** Every variable of a task and how it must look; what is not set has its default. */
export const schema = v.object(
  {
    TASK_ID: checked(lengthProblem),
    BATCH_ID: checked(lengthProblem),
    INPUT_R2_KEY: checked(keyProblem),
    R2_ACCOUNT_ID: v.pipe(text, v.regex(/^[\w-]+$/, 'must consist of letters, digits, - and _')),
    R2_ACCESS_KEY_ID: credential,
    R2_SECRET_ACCESS_KEY: credential,
    R2_BUCKET: v.pipe(
      text,
      v.regex(/^[\w.-]+$/, 'must be a bucket name: letters, digits, . - and _'),
    ),
    CALLBACK_URL: v.pipe(checked(httpUrlProblem), v.transform(requestUrl)),
    R2_ENDPOINT: v.optional(checked(endpointProblem)),
    R2_JURISDICTION: v.optional(oneOf(jurisdictions)),
    TASK_TIMEOUT_MS: v.optional(wholeNumber(1_000, 86_400_000), '50000'),
    CALLBACK_PATIENCE_MS: v.optional(wholeNumber(0, 3_600_000), '60000'),
    TASK_CPU_SECONDS: v.optional(wholeNumber(1, 1_000_000)),
    FLY_MACHINE_ID: v.optional(text),
    FLY_MACHINE_VERSION: v.optional(text),
    MEMORY_LIMIT_MB: v.optional(wholeNumber(1, 1_048_576)),
    JPEG_QUALITY: v.optional(wholeNumber(1, 100), String(defaultEncoderSettings.quality)),
    JPEG_CHROMA_SUBSAMPLING: v.optional(
      oneOf(chromaSubsamplings),
      defaultEncoderSettings.chromaSubsampling,
    ),
    JPEG_EFFORT: v.optional(oneOf(effortSettings), defaultEncoderSettings.effort),
    JPEG_PROFILE: v.optional(oneOf(profileSettings), defaultEncoderSettings.profile),
    JPEG_METADATA: v.optional(oneOf(metadataSettings), defaultEncoderSettings.metadata),
    TIFF_PAGES: v.optional(v.pipe(checked(pagesProblem), v.transform(parsePages)), 'first'),
    JPEG_BACKGROUND: v.optional(checked(backgroundProblem), defaultEncoderSettings.background),
    CALLBACK_SECRET: v.optional(checked(secretProblem)),
    CALLBACK_OUTBOX_PREFIX: v.optional(
      v.pipe(checked(outboxPrefixProblem), v.transform(outboxPrefix)),
    ),
    LOG_FORMAT: v.optional(oneOf(logFormats), 'text'),
  } satisfies Record<VariableName, v.GenericSchema<string | undefined, unknown>>,
  'is missing',
);

/** The variables that are set to something: an empty value counts as not set. */
export function withoutBlanks(environment: Environment): Environment {
  return Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

/** What is wrong with single variables, one line each. */
export function problemsOf(result: v.SafeParseResult<v.GenericSchema>): string[] {
  return (result.issues ?? []).map((issue) => `${v.getDotPath(issue)} ${issue.message}`);
}

/** What is wrong with variables that are set together. */
export function conflicts(set: Environment): string[] {
  const { R2_ENDPOINT: endpoint, R2_JURISDICTION: jurisdiction, R2_BUCKET: bucket } = set;
  return [
    ...(endpoint && jurisdiction ? ['R2_ENDPOINT and R2_JURISDICTION cannot both be set'] : []),
    ...(endpoint && bucket && namesBucket(endpoint, bucket)
      ? [
          `R2_ENDPOINT must not end with the bucket's name, as it does in Cloudflare's dashboard: R2_BUCKET says it already. Remove "/${bucket}"`,
        ]
      : []),
  ];
}

/** Whether the last part of an address's path is the bucket, for which R2 would be asked in the bucket of that name. */
function namesBucket(endpoint: string, bucket: string): boolean {
  return URL.parse(endpoint)?.pathname.replace(/\/+$/, '').endsWith(`/${bucket}`) ?? false;
}

/** What is wrong with variables of a task that are set together. */
export function taskConflicts(set: Environment): string[] {
  const { CALLBACK_OUTBOX_PREFIX: prefix, INPUT_R2_KEY: inputKey, BATCH_ID: batchId } = set;
  const among = prefix && inputKey && batchId && isAmongInputs(prefix, inputKey, batchId);
  return [
    ...conflicts(set),
    ...(among
      ? [
          'CALLBACK_OUTBOX_PREFIX must not lie among the TIFFs of INPUT_R2_KEY, where the orchestrator would find what is kept there',
        ]
      : []),
  ];
}

function endpointProblem(value: string): string | undefined {
  return httpUrlProblem(value) ?? (/[?#]/.test(value) ? 'must not have a query' : undefined);
}
