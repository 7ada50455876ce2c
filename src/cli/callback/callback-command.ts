import type { Interfaces } from '@oclif/core';
import { SettingsError } from '../../lib/errors.ts';
import { exitCodes } from '../../lib/exit-codes.ts';
import { httpUrlProblem } from '../../lib/http-url.ts';
import type { Redactor } from '../../lib/redact.ts';
import { closeStorage, openStorage, type Storage } from '../../lib/storage/client.ts';
import { readVariable } from '../../lib/task/settings.ts';
import { BaseCommand } from '../base-command.ts';
import { processEnvironment } from '../environment.ts';
import { storageSettingsOf } from '../flags.ts';
import { redactorOfProcess } from '../program-process.ts';
import { askAtTerminal } from './ask.ts';
import type { SendingFlags } from './flags.ts';
import type { CallbackResult, CallbackSession } from './session.ts';

/** The parsed command line, before environment and defaults. */
type Raw = Interfaces.ParserOutput['raw'];

/** What the commands that send, find or check callbacks share. */
export abstract class CallbackCommand extends BaseCommand {
  /** The command line may contain the address too, and usage errors quote it. */
  protected override get redactor(): Redactor {
    const given = this.argv
      .filter((_, i) => !this.#takesOtherValue(this.argv[i - 1]))
      .map((arg) => arg.replace(/^--url=/, ''));
    return redactorOfProcess(given.filter(isUrl));
  }

  /** Runs a command and ends with its result. */
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

  /** Returns the document of a result; ends the command if anything failed. */
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
      redact: this.redactor,
      secret: readVariable('CALLBACK_SECRET', environment),
      userAgent: this.program,
      signal: this.stopSignal,
      ask: askAtTerminal(this.jsonEnabled(), this.stopSignal),
      storageSettings: knownStorage(flags),
      inputKeyOf: (taskId) =>
        environment['TASK_ID'] === taskId ? environment['INPUT_R2_KEY'] : undefined,
    };
  }

  /**
   * Whether the next argument is a flag's value that may look like an address but is not one: a
   * key, for example.
   */
  #takesOtherValue(arg: string | undefined): boolean {
    const flags: Readonly<Record<string, { readonly type: string } | undefined>> = this.ctor.flags;
    return arg !== undefined && arg !== '--url' && flags[arg.replace(/^--/, '')]?.type === 'option';
  }
}

/** The value on the command line, whatever the environment has; the last if a flag is repeated. */
function given(name: string, raw: Raw): string | undefined {
  return raw.findLast((token) => token.type === 'flag' && token.flag === name)?.input;
}

/**
 * The R2 settings if they are complete: without them less can be checked, which is not an error.
 */
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
