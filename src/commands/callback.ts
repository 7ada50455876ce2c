import type { Interfaces } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { askAtTerminal } from '../cli/callback/ask.ts';
import { drainPending } from '../cli/callback/drain-outbox.ts';
import { type CallbackFlags, callbackFlags } from '../cli/callback/flags.ts';
import { replayLog } from '../cli/callback/replay-log.ts';
import { sendOne } from '../cli/callback/send-one.ts';
import type { CallbackResult, CallbackSession } from '../cli/callback/session.ts';
import { verifyStored } from '../cli/callback/verify-stored.ts';
import { processEnvironment } from '../cli/environment.ts';
import { storageSettingsOf } from '../cli/flags.ts';
import { SettingsError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { httpUrlProblem } from '../lib/http-url.ts';
import { createRedactor, type Redactor } from '../lib/redact.ts';
import { closeStorage, openStorage, type Storage } from '../lib/storage/client.ts';
import { readCallbackSecret, secretsOf, urlsOf } from '../lib/task/settings.ts';

export default class Callback extends BaseCommand {
  static override summary = 'Send or replay callbacks.';

  static override description =
    `Builds the body of a success or an error from flags, sends --data unchanged, or finds what was not delivered: in a log, in R2, in the outbox. Shows request, answer and time.
The orchestrator counts a success twice that it gets twice, and an error after a success loses the picture: what is known to have been delivered (by the log, by the outbox's marks) is sent again only with consent, and an error after a success, or where the task's JPEG is in R2, only with --force.
--pending sends to --url, or with --allow-origin to the address that an entry names. Several drains at once share the work: each entry is delivered by one of them.
CALLBACK_SECRET, for the signature, and R2's keys come from the environment or --env-file.`;

  static override usage = [
    '<%= command.id %> --task-id ID --batch-id ID --output-key KEY --output-size BYTES [FLAGS]',
    '<%= command.id %> --task-id ID --batch-id ID --error TEXT [FLAGS]',
    '<%= command.id %> --data FILE|- [FLAGS]',
    '<%= command.id %> --from-log FILE|- [FLAGS]',
    '<%= command.id %> --from-r2 KEY [FLAGS]',
    '<%= command.id %> --pending [FLAGS]',
    '<%= command.id %> --verify FILE|- [FLAGS]',
  ];

  static override examples = [
    {
      description: 'Replay what the log of tasks says was not delivered',
      command:
        '$ fly logs --no-tail | <%= config.bin %> <%= command.id %> --from-log - --url "https://example.com/callback/{batch_id}/{task_id}"',
    },
    {
      description: 'Report a JPEG that is in R2, as the task that made it would have',
      command:
        '<%= config.bin %> <%= command.id %> --from-r2 staging/b/image.jpg --url "https://example.com/callback/{batch_id}/{task_id}" --env-file r2.env',
    },
    {
      description: 'Send what lies in the outbox',
      command:
        '<%= config.bin %> <%= command.id %> --pending --outbox-prefix arke-outbox --allow-origin https://example.com --env-file r2.env',
    },
    {
      description: 'Report a failure, but only show what would be sent',
      command:
        '<%= config.bin %> <%= command.id %> --task-id t --batch-id b --error "Lost" --dry-run',
    },
    {
      description: 'Check the signature of a request that was stored an hour ago',
      command: '<%= config.bin %> <%= command.id %> --verify request.txt --tolerance 4000',
    },
  ];

  static override flags = callbackFlags;

  /** The command line may hold the address, too, and messages of wrong usage quote that. */
  protected override get redact(): Redactor {
    const environment = processEnvironment();
    const given = this.argv
      .filter((_, i) => !takesOtherValue(this.argv[i - 1]))
      .map((arg) => arg.replace(/^--url=/, ''));
    return createRedactor(secretsOf(environment), [...urlsOf(environment), ...given.filter(isUrl)]);
  }

  async run(): Promise<unknown> {
    const { flags, raw } = await this.parse(Callback);
    let storage: Promise<Storage> | undefined;
    const session = await this.#session(flags, raw, () => {
      storage ??= openStorage(storageSettingsOf(flags));
      return storage;
    });
    try {
      const { ok, document } = await this.#perform(session);
      if (!ok) this.exitWith(exitCodes.failed, document);
      return document;
    } finally {
      if (storage) closeStorage(await storage);
    }
  }

  #perform(session: CallbackSession): Promise<CallbackResult> {
    const { verify, pending, 'from-log': log } = session.flags;
    if (verify !== undefined) return verifyStored(verify, session);
    if (pending) return drainPending(session);
    return log === undefined ? sendOne(session) : replayLog(log, session);
  }

  async #session(
    flags: CallbackFlags,
    raw: Interfaces.ParserOutput['raw'],
    storage: () => Promise<Storage>,
  ): Promise<CallbackSession> {
    const environment = processEnvironment();
    const isQuiet = flags.quiet || this.jsonEnabled();
    return {
      flags,
      chosen: { taskId: given('task-id', raw), batchId: given('batch-id', raw) },
      addressOf:
        given('url', raw) === undefined
          ? { taskId: environment['TASK_ID'], batchId: environment['BATCH_ID'] }
          : undefined,
      storage,
      reporter: await this.reporter(flags),
      result: (text) => this.result(text),
      note: (line) => (isQuiet ? undefined : this.note(line)),
      redact: this.redact,
      secret: readCallbackSecret(environment),
      userAgent: this.program,
      signal: this.stopSignal,
      ask: askAtTerminal(this.jsonEnabled(), this.stopSignal),
      storageSettings: knownStorage(flags),
      inputKeyOf: (taskId) =>
        environment['TASK_ID'] === taskId ? environment['INPUT_R2_KEY'] : undefined,
    };
  }
}

/** What the command line names, whatever the environment says: the last where a flag is given twice. */
function given(name: string, raw: Interfaces.ParserOutput['raw']): string | undefined {
  return raw.findLast((token) => token.type === 'flag' && token.flag === name)?.input;
}

/** Where R2 is, if all of that is known: without it there is less to look at, and that is no error. */
function knownStorage(flags: CallbackFlags): CallbackSession['storageSettings'] {
  try {
    return storageSettingsOf(flags);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

/** Whether a flag's value follows that is no address of ours, but may look like one: a key, say. */
function takesOtherValue(arg: string | undefined): boolean {
  const flags: Readonly<Record<string, { readonly type: string }>> = Callback.flags;
  return arg !== undefined && arg !== '--url' && flags[arg.replace(/^--/, '')]?.type === 'option';
}

function isUrl(text: string): boolean {
  return httpUrlProblem(text) === undefined;
}
