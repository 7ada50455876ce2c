import { Errors, Flags, type Interfaces } from '@oclif/core';
import { httpUrlProblem } from '../../lib/http-url.ts';
import { outboxPrefix, outboxPrefixProblem } from '../../lib/task/outbox/keys.ts';
import { storageFlags } from '../flags.ts';

/** What a body is built from. */
const bodyFlags = {
  'task-id': Flags.string({
    summary: 'Task of the callback. With --from-log and --pending, only this flag chooses a task.',
    env: 'TASK_ID',
    helpGroup: 'BODY',
  }),
  'batch-id': Flags.string({
    summary:
      'Batch of the callback. With --from-log and --pending, only this flag chooses a batch.',
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
};

/** Each excludes the others, and what a body is built from. */
const SOURCES = ['data', 'from-log', 'from-r2', 'pending', 'verify'] as const;

const elsewhere = (own: (typeof SOURCES)[number]) => ({
  helpGroup: 'SOURCE',
  exclusive: [
    ...SOURCES.filter((source) => source !== own),
    ...['output-key', 'output-size', 'error'],
  ],
});

const sourceFlags = {
  data: Flags.string({
    summary: 'Send this file unchanged; - for stdin, unchanged but for a line end at its end.',
    helpValue: 'FILE',
    ...elsewhere('data'),
  }),
  'from-log': Flags.string({
    summary: 'Send what this log of "run" says was not delivered; - for stdin.',
    helpValue: 'FILE',
    ...elsewhere('from-log'),
  }),
  'from-r2': Flags.string({
    summary: 'Report the success of the JPEG that is in R2 under this key.',
    helpValue: 'KEY',
    ...elsewhere('from-r2'),
  }),
  pending: Flags.boolean({
    summary: 'Send what lies in the outbox, and remove what is delivered.',
    ...elsewhere('pending'),
  }),
  verify: Flags.string({
    summary: 'Send nothing: check the signature of this stored request; - for stdin.',
    helpValue: 'FILE',
    ...elsewhere('verify'),
  }),
};

const outboxFlags = {
  'outbox-prefix': Flags.string({
    summary: 'Beginning of the keys of the outbox.',
    env: 'CALLBACK_OUTBOX_PREFIX',
    helpGroup: 'OUTBOX',
    parse: async (prefix) => {
      const problem = outboxPrefixProblem(prefix);
      if (problem) throw new Errors.CLIError(problem);
      return outboxPrefix(prefix);
    },
  }),
  'allow-origin': Flags.string({
    summary: 'Send entries of the outbox to their own addresses, if these are there.',
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
    summary: 'Send entries of the outbox, too, that are not signed with CALLBACK_SECRET.',
    helpGroup: 'OUTBOX',
  }),
  lease: Flags.integer({
    summary: 'For how many seconds an entry belongs to the drain that has claimed it.',
    min: 2,
    max: 3_600,
    default: 120,
    helpGroup: 'OUTBOX',
  }),
};

/** All flags of the command. */
export const callbackFlags = {
  url: Flags.string({
    summary:
      'Where the callback goes; {batch_id} and {task_id} in it stand for those of each task.',
    env: 'CALLBACK_URL',
  }),
  ...sourceFlags,
  ...bodyFlags,
  ...outboxFlags,
  ...storageFlags,
  validate: Flags.boolean({
    summary: "Hold the body against the contract's schema first.",
    default: true,
    allowNo: true,
  }),
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
  tolerance: Flags.integer({
    summary: 'With --verify: how many seconds ago the request may have been sent.',
    min: 0,
    default: 300,
  }),
};

/** The flags, parsed. */
export type CallbackFlags = Interfaces.InferredFlags<typeof callbackFlags> & {
  readonly quiet: boolean;
};
