import { Args, Errors, Flags, type Interfaces } from '@oclif/core';
import { httpUrlProblem } from '../../lib/http-url.ts';
import { storageFlags } from '../flags.ts';
import { settingFlag, settingTextFlag } from '../setting-flags.ts';

/** The flags of all sending commands: the address, R2, the outbox, and what may be sent. */
export const sendingFlags = {
  url: settingTextFlag('CALLBACK_URL', {
    summary: 'URL of the callback; {batch_id} and {task_id} in it are filled in for each task.',
  }),
  'outbox-prefix': settingFlag('CALLBACK_OUTBOX_PREFIX', { helpGroup: 'OUTBOX' }),
  ...storageFlags,
  yes: Flags.boolean({
    char: 'y',
    summary: 'Send known deliveries again without asking.',
  }),
  force: Flags.boolean({
    char: 'f',
    summary: 'Send an error even if a success of the task is known.',
  }),
  'dry-run': Flags.boolean({
    char: 'n',
    summary: 'Show headers, body and a curl command; send nothing.',
  }),
  attempts: Flags.integer({ summary: 'Number of attempts.', min: 1, max: 10, default: 1 }),
};

/** The flags of `sendingFlags`, parsed. */
export type SendingFlags = Interfaces.InferredFlags<typeof sendingFlags> & {
  readonly quiet: boolean;
};

/** The flags from which one body is built. */
const bodyFlags = {
  'task-id': settingTextFlag('TASK_ID', {
    summary: 'Task of the callback.',
    helpGroup: 'BODY',
  }),
  'batch-id': settingTextFlag('BATCH_ID', {
    summary: 'Batch of the callback.',
    helpGroup: 'BODY',
  }),
  'output-key': Flags.string({
    summary: 'Report a success: the key of the JPEG.',
    helpGroup: 'BODY',
    exclusive: ['error'],
  }),
  'output-size': Flags.integer({
    summary: 'Report a success: the size of the JPEG in bytes.',
    min: 1,
    helpGroup: 'BODY',
    dependsOn: ['output-key'],
  }),
  error: Flags.string({ summary: 'Report a failure: what happened.', helpGroup: 'BODY' }),
  data: Flags.string({
    summary: 'Send this file unchanged; - for stdin, without its final line end.',
    helpValue: 'FILE',
    helpGroup: 'BODY',
    exclusive: ['output-key', 'output-size', 'error'],
  }),
  validate: Flags.boolean({
    summary: "Check the body against the contract's schema first. Default: yes.",
    default: true,
    allowNo: true,
    helpGroup: 'BODY',
  }),
};

/** The flags of the commands that send one callback. */
export const sendFlags = { ...sendingFlags, ...bodyFlags };

/** The flags of `bodyFlags`, parsed. */
export type BodyFlags = Interfaces.InferredFlags<typeof bodyFlags>;

/** What to replay. */
export const replayArgs = {
  source: Args.string({
    description: 'A log of "run" (- for stdin), or r2://KEY of a JPEG.',
    required: true,
  }),
};

/** Which callbacks to replay; for a JPEG without a task, which one it is. */
export const replayFlags = {
  'task-id': Flags.string({
    summary: 'Only callbacks of this task; with r2://KEY: the task to report the JPEG for.',
  }),
  'batch-id': Flags.string({
    summary: 'Only callbacks of this batch; with r2://KEY: the batch of that task.',
  }),
};

/** Which callbacks of the outbox to send or discard, and where to send them. */
export const pendingFlags = {
  yes: Flags.boolean({
    char: 'y',
    summary: 'Do not ask: send known deliveries again, and drop what --discard finds.',
  }),
  'task-id': Flags.string({ summary: 'Only callbacks of this task.' }),
  'batch-id': Flags.string({ summary: 'Only callbacks of this batch.' }),
  'allow-origin': Flags.string({
    summary: 'Send entries to their stored addresses at this origin.',
    helpValue: 'https://HOST',
    multiple: true,
    helpGroup: 'OUTBOX',
    parse: async (text) => {
      const problem = httpUrlProblem(text);
      if (problem) throw new Errors.CLIError(problem);
      const url = new URL(text);
      if (url.pathname !== '/' || url.search || url.hash)
        throw new Errors.CLIError('must be an origin, without a path');
      return url.origin;
    },
  }),
  unsigned: Flags.boolean({
    summary: 'Also send entries that are not signed with CALLBACK_SECRET.',
    helpGroup: 'OUTBOX',
  }),
  lease: Flags.integer({
    summary: 'Seconds that a claimed entry belongs to its drain.',
    min: 2,
    max: 3_600,
    default: 120,
    helpGroup: 'OUTBOX',
  }),
  discard: Flags.boolean({
    summary:
      'Send nothing; drop callbacks that are obsolete or can never be accepted, or those of --task-id and --batch-id. Asks first, unless --yes.',
    helpGroup: 'OUTBOX',
  }),
};

/** The flags of `pendingFlags`, parsed. */
export type PendingFlags = Interfaces.InferredFlags<typeof pendingFlags>;

/** Which stored request to verify. */
export const verifyArgs = {
  file: Args.string({ description: 'Stored request; - for stdin.', required: true }),
};

/** How strictly to verify it. */
export const verifyFlags = {
  tolerance: Flags.integer({
    summary: 'Maximum age of the request in seconds.',
    min: 0,
    default: 300,
  }),
};
