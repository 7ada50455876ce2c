import * as v from 'valibot';
import { messageOf } from '../errors.ts';

/**
 * The longest `error` of a callback, in characters as JSON Schema counts them (code points): the
 * orchestrator stores all errors of a batch in one record.
 */
export const MAX_ERROR_LENGTH = 500;

/**
 * Valibot's own `maxLength` counts UTF-16 units: it would refuse texts that the JSON Schema allows.
 */
export const errorLength: v.CheckAction<string, string> = v.check(
  (text) => [...text].length <= MAX_ERROR_LENGTH,
  `must have at most ${MAX_ERROR_LENGTH} characters`,
);

const identifier = v.pipe(v.string(), v.minLength(1));
/** JSON has no infinity: it would arrive as null. */
const LARGEST = Number.MAX_SAFE_INTEGER;
const milliseconds = v.pipe(v.number(), v.minValue(0), v.maxValue(LARGEST));

/** The body of a callback that reports a finished JPEG: exactly the contract's success schema. */
export const successPayloadSchema = v.strictObject({
  task_id: v.pipe(identifier, v.description('Must match TASK_ID')),
  batch_id: v.pipe(identifier, v.description('Must match BATCH_ID')),
  status: v.literal('success'),
  output_r2_key: v.pipe(identifier, v.description('Where the JPEG was uploaded')),
  output_file_name: v.pipe(
    identifier,
    v.regex(/^[^/]+$/, 'must be a file name, without a folder'),
    v.description('The last part of output_r2_key'),
  ),
  output_file_size: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1),
    v.maxValue(LARGEST),
    v.description('Bytes; the orchestrator drops a JPEG of 0'),
  ),
  performance: v.optional(
    v.strictObject({
      total_time_ms: milliseconds,
      download_time_ms: milliseconds,
      conversion_time_ms: milliseconds,
      upload_time_ms: milliseconds,
    }),
  ),
});

/** The body of a callback that reports a failure: exactly the contract's error schema. */
export const errorPayloadSchema = v.strictObject({
  task_id: v.pipe(identifier, v.description('Must match TASK_ID')),
  batch_id: v.pipe(identifier, v.description('Must match BATCH_ID')),
  status: v.literal('error'),
  error: v.pipe(
    v.string(),
    v.minLength(1),
    errorLength,
    v.description('What happened and what to do, for a person'),
  ),
});

/**
 * The body of any callback, as a [Standard Schema](https://standardschema.dev). Times are
 * milliseconds, sizes bytes. The package has it as JSON Schema, too:
 * `arke-tiff/callback-payload.schema.json`.
 *
 * @example
 * ```ts
 * import { callbackPayloadSchema } from 'arke-tiff';
 *
 * const body: unknown = JSON.parse('{}');
 * const result = await callbackPayloadSchema['~standard'].validate(body);
 * if (!result.issues && result.value.status === 'success') console.log(result.value.output_r2_key);
 * ```
 */
export const callbackPayloadSchema = v.variant('status', [
  successPayloadSchema,
  errorPayloadSchema,
]);

/** A success callback's body. */
export type SuccessPayload = v.InferOutput<typeof successPayloadSchema>;
/** An error callback's body. */
export type ErrorPayload = v.InferOutput<typeof errorPayloadSchema>;
/** A callback's body. */
export type CallbackPayload = SuccessPayload | ErrorPayload;

/**
 * Lists what is wrong with the body of a callback.
 *
 * @returns One line for each problem; none when the body is valid.
 * @example
 * ```ts
 * import { payloadProblems } from 'arke-tiff';
 *
 * const problems = payloadProblems({ status: 'error' });
 * if (problems.length > 0) console.error(problems.join('\n'));
 * ```
 */
export function payloadProblems(candidate: unknown): string[] {
  const result = v.safeParse(callbackPayloadSchema, candidate);
  if (result.success) return [];
  return result.issues.map((issue) => {
    const field = v.getDotPath(issue) ?? 'payload';
    return issue.received === 'undefined' ? `${field} is missing` : `${field}: ${issue.message}`;
  });
}

/** The payload in a callback's body; a text that says what is wrong if it is not one. */
export function readPayload(body: string): CallbackPayload | string {
  let candidate: unknown;
  try {
    candidate = JSON.parse(body);
  } catch (error) {
    return `the body is not JSON: ${messageOf(error)}`;
  }
  const result = v.safeParse(callbackPayloadSchema, candidate);
  if (result.success) return result.output;
  return `the body does not match the contract: ${payloadProblems(candidate).join(', ')}`;
}

/**
 * Shortens an error's text for a callback: one line, at most `MAX_ERROR_LENGTH` characters, never
 * empty. Cuts from the middle: the stage is at the beginning, the remedy at the end.
 */
export function toErrorText(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim() || 'Unknown error';
  // By whole characters: JSON receivers reject half a surrogate pair.
  const characters = [...line];
  if (characters.length <= MAX_ERROR_LENGTH) return line;
  const half = MAX_ERROR_LENGTH / 2;
  return [...characters.slice(0, half), '…', ...characters.slice(1 - half)].join('');
}
