import { Args, Errors, Flags, type Interfaces } from '@oclif/core';
import { httpUrlProblem } from '../../lib/http-url.ts';
import { outboxPrefixFlag, storageFlags } from '../flags.ts';

/** Of every command that sends: where to, where R2 and the outbox are, and what may be sent. */
export const sendingFlags = {
  url: Flags.string({
    summary:
      'Where the callback goes; {batch_id} and {task_id} in it stand for those of each task.',
    env: 'CALLBACK_URL',
  }),
  'outbox-prefix': outboxPrefixFlag(),
  ...storageFlags,
  yes: Flags.boolean({
    char: 'y',
    summary: 'Send again what is known to have been delivered, without asking.',
  }),
  force: Flags.boolean({
    char: 'f',
    summary: 'Send an error though a success of the task is known.',
  }),
  'dry-run': Flags.boolean({ summary: 'Show headers, body and a curl line; send nothing.' }),
  attempts: Flags.integer({ summary: 'How often to try.', min: 1, max: 10, default: 1 }),
};

/** The flags of `sendingFlags`, parsed. */
export type SendingFlags = Interfaces.InferredFlags<typeof sendingFlags> & {
  readonly quiet: boolean;
};

/** What one body is built from. */
const bodyFlags = {
  'task-id': Flags.string({
    summary: 'Task of the callback.',
    env: 'TASK_ID',
    helpGroup: 'BODY',
  }),
  'batch-id': Flags.string({
    summary: 'Batch of the callback.',
    env: 'BATCH_ID',
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
    summary: 'Send this file unchanged; - for stdin, unchanged but for a line end at its end.',
    helpValue: 'FILE',
    helpGroup: 'BODY',
    exclusive: ['output-key', 'output-size', 'error'],
  }),
  validate: Flags.boolean({
    summary: "Hold the body against the contract's schema first.",
    default: true,
    allowNo: true,
    helpGroup: 'BODY',
  }),
};

/** Of the commands that send one callback. */
export const sendFlags = { ...sendingFlags, ...bodyFlags };

/** The flags of `bodyFlags`, parsed. */
export type BodyFlags = Interfaces.InferredFlags<typeof bodyFlags>;

/** What is replayed. */
export const replayArgs = {
  source: Args.string({
    description: 'A log of "run" (- for stdin), or r2://KEY of a JPEG.',
    required: true,
  }),
};

/** Which callbacks are replayed; for a JPEG whose task is not known, which one it is. */
export const replayFlags = {
  'task-id': Flags.string({
    summary: 'Only the callbacks of this task; with r2://KEY: the task that the JPEG counts for.',
  }),
  'batch-id': Flags.string({
    summary: 'Only the callbacks of this batch; with r2://KEY: the batch of its task.',
  }),
};

/** Which callbacks of the outbox are sent, where to, and which are dropped. */
export const pendingFlags = {
  yes: Flags.boolean({
    char: 'y',
    summary:
      'Do not ask: send again what is known to have been delivered, and drop what --discard found.',
  }),
  'task-id': Flags.string({ summary: 'Only the callbacks of this task.' }),
  'batch-id': Flags.string({ summary: 'Only the callbacks of this batch.' }),
  'allow-origin': Flags.string({
    summary: 'Send entries to their own addresses, if these are there.',
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
    summary: 'Send entries, too, that are not signed with CALLBACK_SECRET.',
    helpGroup: 'OUTBOX',
  }),
  lease: Flags.integer({
    summary: 'For how many seconds an entry belongs to the drain that has claimed it.',
    min: 2,
    max: 3_600,
    default: 120,
    helpGroup: 'OUTBOX',
  }),
  discard: Flags.boolean({
    summary:
      'Send nothing: drop the callbacks that can never be taken or are obsolete, or those of --task-id and --batch-id. Asks first, unless --yes.',
    helpGroup: 'OUTBOX',
  }),
};

/** The flags of `pendingFlags`, parsed. */
export type PendingFlags = Interfaces.InferredFlags<typeof pendingFlags>;

/** Which stored request is verified. */
export const verifyArgs = {
  file: Args.string({ description: 'Stored request; - for stdin.', required: true }),
};

/** How strict that is. */
export const verifyFlags = {
  tolerance: Flags.integer({
    summary: 'How many seconds ago the request may have been sent.',
    min: 0,
    default: 300,
  }),
};
