import type { Interfaces } from '@oclif/core';
import { SettingsError } from '../../lib/errors.ts';
import { exitCodes } from '../../lib/exit-codes.ts';
import { httpUrlProblem } from '../../lib/http-url.ts';
import { createRedactor, type Redactor } from '../../lib/redact.ts';
import { closeStorage, openStorage, type Storage } from '../../lib/storage/client.ts';
import { readCallbackSecret, secretsOf, urlsOf } from '../../lib/task/settings.ts';
import { BaseCommand } from '../base-command.ts';
import { processEnvironment } from '../environment.ts';
import { storageSettingsOf } from '../flags.ts';
import { askAtTerminal } from './ask.ts';
import type { SendingFlags } from './flags.ts';
import type { CallbackResult, CallbackSession } from './session.ts';

/** What a command was called with, before environment and defaults. */
type Raw = Interfaces.ParserOutput['raw'];

/** What the commands share that send, find or check callbacks. */
export abstract class CallbackCommand extends BaseCommand {
  /** The command line may hold the address, too, and messages of wrong usage quote that. */
  protected override get redact(): Redactor {
    const environment = processEnvironment();
    const given = this.argv
      .filter((_, i) => !this.#takesOtherValue(this.argv[i - 1]))
      .map((arg) => arg.replace(/^--url=/, ''));
    return createRedactor(secretsOf(environment), [...urlsOf(environment), ...given.filter(isUrl)]);
  }

  /** Does what a command is for, and ends with its result. */
  protected async sending(
    { flags, raw }: { readonly flags: SendingFlags; readonly raw: Raw },
    perform: (session: CallbackSession) => Promise<CallbackResult>,
  ): Promise<unknown> {
    let storage: Promise<Storage> | undefined;
    const session = await this.#session(flags, raw, () => {
      storage ??= openStorage(storageSettingsOf(flags));
      return storage;
    });
    try {
      return this.ending(await perform(session));
    } finally {
      if (storage) closeStorage(await storage);
    }
  }

  /** Gives the document of a result; ends the command where it is not all good. */
  protected ending({ ok, document }: CallbackResult): unknown {
    if (!ok) this.exitWith(exitCodes.failed, document);
    return document;
  }

  async #session(
    flags: SendingFlags,
    raw: Raw,
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

  /** Whether a flag's value follows that is no address of ours, but may look like one: a key, say. */
  #takesOtherValue(arg: string | undefined): boolean {
    const flags: Readonly<Record<string, { readonly type: string } | undefined>> = this.ctor.flags;
    return arg !== undefined && arg !== '--url' && flags[arg.replace(/^--/, '')]?.type === 'option';
  }
}

/** What the command line names, whatever the environment says: the last where a flag is given twice. */
function given(name: string, raw: Raw): string | undefined {
  return raw.findLast((token) => token.type === 'flag' && token.flag === name)?.input;
}

/** Where R2 is, if all of that is known: without it there is less to look at, and that is no error. */
function knownStorage(flags: SendingFlags): CallbackSession['storageSettings'] {
  try {
    return storageSettingsOf(flags);
  } catch (error) {
    if (error instanceof SettingsError) return undefined;
    throw error;
  }
}

function isUrl(text: string): boolean {
  return httpUrlProblem(text) === undefined;
}
