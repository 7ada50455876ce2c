/** One environment variable of `arke-tiff run`. */
export interface Variable {
  readonly name: string;
  /** `required`: the contract's eight. */
  readonly kind: 'required' | 'optional';
  /** What holds when it is not set, for people. */
  readonly fallback?: string;
  /** Its value must never be seen. */
  readonly secret?: true;
  readonly meaning: string;
}

/**
 * Every variable that `arke-tiff run` knows, in the order of the documentation; the first
 * eight are the contract's (docs/contract.md, "Environment variables"). The table of docs/configuration.md is held to this list.
 */
export const variables = [
  { name: 'TASK_ID', kind: 'required', meaning: 'Unique task identifier' },
  { name: 'BATCH_ID', kind: 'required', meaning: 'Batch identifier' },
  { name: 'INPUT_R2_KEY', kind: 'required', meaning: 'Key of the TIFF to convert' },
  { name: 'R2_ACCOUNT_ID', kind: 'required', meaning: 'Cloudflare account that owns the bucket' },
  {
    name: 'R2_ACCESS_KEY_ID',
    kind: 'required',
    secret: true,
    meaning: 'Access key of an R2 API token',
  },
  { name: 'R2_SECRET_ACCESS_KEY', kind: 'required', secret: true, meaning: 'Secret of that token' },
  { name: 'R2_BUCKET', kind: 'required', meaning: 'Bucket of the TIFF and the JPEG' },
  {
    name: 'CALLBACK_URL',
    kind: 'required',
    meaning: 'Where the result is POSTed: http or https, no credentials in it',
  },
  {
    name: 'R2_ENDPOINT',
    kind: 'optional',
    fallback: 'from the account',
    meaning: 'Full S3 endpoint, without the bucket; addressing is path-style',
  },
  {
    name: 'R2_JURISDICTION',
    kind: 'optional',
    fallback: 'none',
    meaning: '`eu` or `fedramp`; not together with `R2_ENDPOINT`',
  },
  {
    name: 'TASK_TIMEOUT_MS',
    kind: 'optional',
    fallback: '50000',
    meaning: 'Deadline in milliseconds from the start of the process, callback included',
  },
  {
    name: 'CALLBACK_PATIENCE_MS',
    kind: 'optional',
    fallback: '60000',
    meaning:
      'How long after the deadline a success that was not accepted is still retried, in milliseconds, at most 3600000: the orchestrator accepts a late success',
  },
  {
    name: 'TASK_CPU_SECONDS',
    kind: 'optional',
    fallback: 'on Fly 10 + 0.125 × seconds left, elsewhere cores × seconds left',
    meaning: 'CPU seconds that the conversion may be planned with',
  },
  {
    name: 'FLY_MACHINE_ID',
    kind: 'optional',
    fallback: 'set by Fly',
    meaning: 'Tells that the CPUs are shared ones, for the default of `TASK_CPU_SECONDS`',
  },
  {
    name: 'FLY_MACHINE_VERSION',
    kind: 'optional',
    fallback: 'set by Fly',
    meaning:
      'Tells when the machine was asked for: the conversion of one that started late is planned with less time',
  },
  {
    name: 'MEMORY_LIMIT_MB',
    kind: 'optional',
    fallback: 'detected',
    meaning:
      "Memory that the conversion may be planned with; detected: the cgroup's or the machine's, less what the worker itself holds and 48 MB",
  },
  { name: 'JPEG_QUALITY', kind: 'optional', fallback: '95', meaning: 'Quality of the JPEG, 1–100' },
  {
    name: 'JPEG_CHROMA_SUBSAMPLING',
    kind: 'optional',
    fallback: '4:2:0',
    meaning: '`4:2:0` or `4:4:4`',
  },
  {
    name: 'JPEG_EFFORT',
    kind: 'optional',
    fallback: 'auto',
    meaning:
      '`max`, `balanced`, `fast`, or `auto`: the best of them that fits memory, time and CPU',
  },
  {
    name: 'JPEG_BACKGROUND',
    kind: 'optional',
    fallback: 'white',
    meaning: 'What transparent pixels become: `white`, `black` or `#rrggbb`',
  },
  {
    name: 'JPEG_PROFILE',
    kind: 'optional',
    fallback: 'srgb',
    meaning: '`srgb`: colours are converted and no profile is embedded, or `keep`',
  },
  {
    name: 'JPEG_METADATA',
    kind: 'optional',
    fallback: 'none',
    meaning: '`none`, `copyright` or `all`: what of the TIFF’s metadata the JPEG gets',
  },
  {
    name: 'TIFF_PAGES',
    kind: 'optional',
    fallback: 'first',
    meaning:
      '`first`, `all` or a number: which pages are converted; thumbnails, masks and smaller versions are no pages',
  },
  {
    name: 'CALLBACK_SECRET',
    kind: 'optional',
    fallback: 'none',
    secret: true,
    meaning: 'Standard Webhooks secret (`whsec_…`): callbacks carry `webhook-signature`',
  },
  {
    name: 'CALLBACK_OUTBOX_PREFIX',
    kind: 'optional',
    fallback: 'none',
    meaning:
      'Beginning of the keys under which callbacks that could not be delivered are kept in the bucket, for `arke-tiff callback pending`; not among the TIFFs',
  },
  {
    name: 'LOG_FORMAT',
    kind: 'optional',
    fallback: 'text',
    meaning: "`text` (the contract's lines) or `json` (one event a line)",
  },
] as const satisfies readonly Variable[];

/** The name of a variable that `arke-tiff run` reads. */
export type VariableName = (typeof variables)[number]['name'];

/** An environment: names and values, as `process.env` is one. */
export type Environment = Readonly<Record<string, string | undefined>>;
