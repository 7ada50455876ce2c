import { Errors, Flags, type Interfaces } from '@oclif/core';
import { SettingsError } from '../../lib/errors.ts';
import { httpUrlProblem } from '../../lib/http-url.ts';
import { settingFlag } from '../setting-flags.ts';
import { missingSetting } from '../setting-names.ts';

const helpGroup = 'CALLBACK';
const dependsOn = ['report-to'];

/** The flags for reporting a batch to the orchestrator. */
export const reportFlags = {
  'report-to': Flags.string({
    summary:
      'Send a success for each TIFF without a known delivery, as soon as its JPEG is uploaded; {batch_id} and {task_id} in the URL are filled in. Needs --outbox-prefix.',
    helpValue: 'URL',
    helpGroup,
    exclusive: ['force', 'skip-existing', 'json-lines'],
    parse: async (url) => {
      const problem = httpUrlProblem(url);
      if (problem) throw new Errors.CLIError(problem);
      if (!url.includes('{batch_id}') || !url.includes('{task_id}'))
        throw new Errors.CLIError('must contain {batch_id} and {task_id}, which select the task');
      return url;
    },
  }),
  'batch-id': Flags.string({
    summary: 'Batch of the TIFFs; default: from their keys, staging/BATCH/….',
    helpGroup,
    dependsOn,
  }),
  'task-id': Flags.string({
    summary: 'Task of the single chosen TIFF, if its key does not identify it.',
    helpGroup,
    dependsOn,
  }),
  log: Flags.string({
    summary:
      'Logs of "run" that show which TIFFs are already reported; - for stdin. Repeatable: read as one, in order.',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup,
    dependsOn,
  }),
  'include-unknown': Flags.boolean({
    summary:
      'Also send callbacks that may already be delivered; the orchestrator counts duplicates twice.',
    helpGroup,
    dependsOn,
  }),
  yes: Flags.boolean({
    char: 'y',
    summary: 'Convert and send without asking.',
    helpGroup,
    dependsOn,
  }),
  'outbox-prefix': settingFlag('CALLBACK_OUTBOX_PREFIX', {
    summary: 'Key prefix of the outbox, where deliveries are marked.',
    helpGroup,
  }),
};

/** The flags of `reportFlags`, parsed. */
export type ReportFlags = Interfaces.InferredFlags<typeof reportFlags>;

/** What a report needs. */
export interface ReportTarget {
  readonly url: string;
  readonly outboxPrefix: string;
}

/**
 * Where a batch is reported; undefined if it is not. Throws `SettingsError` if the outbox is not
 * given, or if callbacks need consent and nobody can be asked.
 */
export function reportTargetOf(
  flags: ReportFlags & { readonly 'dry-run': boolean },
  canAsk: boolean,
): ReportTarget | undefined {
  const { 'report-to': url, 'outbox-prefix': outboxPrefix } = flags;
  if (url === undefined) return undefined;
  const problems: string[] = [];
  if (outboxPrefix === undefined) problems.push(missingSetting('CALLBACK_OUTBOX_PREFIX'));
  if (!flags.yes && !flags['dry-run'] && !canAsk)
    problems.push(
      '--report-to asks before sending, but there is no terminal: use --yes to send, or --dry-run to preview',
    );
  if (outboxPrefix === undefined || problems.length > 0) throw new SettingsError(problems);
  return { url, outboxPrefix };
}

/** The addresses on a command line, even if it cannot be parsed. */
export function reportUrlsIn(argv: readonly string[]): string[] {
  return argv.flatMap((arg, i) => {
    if (argv[i - 1] === '--report-to') return [arg];
    return arg.startsWith('--report-to=') ? [arg.slice('--report-to='.length)] : [];
  });
}
