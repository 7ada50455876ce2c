import { Errors, Flags, type Interfaces } from '@oclif/core';
import { SettingsError } from '../../lib/errors.ts';
import { httpUrlProblem } from '../../lib/http-url.ts';
import { outboxPrefixFlag } from '../flags.ts';

const helpGroup = 'REPORT TO';
const dependsOn = ['report-to'];

/** How a batch is reported to the orchestrator. */
export const reportFlags = {
  'report-to': Flags.string({
    summary:
      'Afterwards call the orchestrator back for each TIFF whose success it is not known to have; {batch_id} and {task_id} in the address stand for those of each task. Needs --outbox-prefix.',
    helpValue: 'URL',
    helpGroup,
    exclusive: ['force', 'json-lines'],
    parse: async (url) => {
      const problem = httpUrlProblem(url);
      if (problem) throw new Errors.CLIError(problem);
      if (!url.includes('{batch_id}') || !url.includes('{task_id}'))
        throw new Errors.CLIError(
          'must hold {batch_id} and {task_id}: the address decides whose callback it is',
        );
      return url;
    },
  }),
  'batch-id': Flags.string({
    summary: 'Batch of the TIFFs; default: what their keys say, staging/BATCH/….',
    helpGroup,
    dependsOn,
  }),
  'task-id': Flags.string({
    summary: 'Task of the one TIFF that is chosen, where its key does not tell it.',
    helpGroup,
    dependsOn,
  }),
  log: Flags.string({
    summary:
      'Logs of "run" that say which TIFFs are reported already; several are read as one, in their order; - for stdin.',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup,
    dependsOn,
  }),
  'include-unknown': Flags.boolean({
    summary:
      'Also send what may have been reported already. The orchestrator counts repeats: a picture that it gets twice it counts twice.',
    helpGroup,
    dependsOn,
  }),
  yes: Flags.boolean({
    char: 'y',
    summary: 'Convert and send without asking.',
    helpGroup,
    dependsOn,
  }),
  'outbox-prefix': outboxPrefixFlag({
    summary: 'Beginning of the keys of the outbox: what is delivered is marked there.',
    helpGroup,
  }),
};

/** The flags of `reportFlags`, parsed. */
export type ReportFlags = Interfaces.InferredFlags<typeof reportFlags>;

/** What a report is made with. */
export interface ReportTarget {
  readonly url: string;
  readonly outboxPrefix: string;
}

/**
 * Where a batch is to be reported; undefined where it is not. Throws `SettingsError` when the outbox is not named, or callbacks
 * are to be sent and nobody can be asked.
 */
export function reportTargetOf(
  flags: ReportFlags & { readonly 'dry-run': boolean },
  canAsk: boolean,
): ReportTarget | undefined {
  const { 'report-to': url, 'outbox-prefix': outboxPrefix } = flags;
  if (url === undefined) return undefined;
  const problems: string[] = [];
  if (outboxPrefix === undefined)
    problems.push('--outbox-prefix is missing (or CALLBACK_OUTBOX_PREFIX)');
  if (!flags.yes && !flags['dry-run'] && !canAsk)
    problems.push(
      '--report-to sends callbacks, and there is no terminal to ask at: --yes sends them, --dry-run shows what they would be',
    );
  if (outboxPrefix === undefined || problems.length > 0) throw new SettingsError(problems);
  return { url, outboxPrefix };
}

/** The addresses that a command line gives, whether or not it can be parsed. */
export function reportUrlsIn(argv: readonly string[]): string[] {
  return argv.flatMap((arg, i) => {
    if (argv[i - 1] === '--report-to') return [arg];
    return arg.startsWith('--report-to=') ? [arg.slice('--report-to='.length)] : [];
  });
}
