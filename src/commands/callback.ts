import { readFile } from 'node:fs/promises';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { callbackBodyOf, callbackFlags } from '../cli/callback-body.ts';
import { curlLine } from '../cli/curl-line.ts';
import { processEnvironment } from '../cli/environment.ts';
import type { Reporter } from '../cli/reporter.ts';
import { decodeText, readStdin, STANDARD_STREAM } from '../cli/standard-streams.ts';
import { deliverCallback } from '../lib/callback/deliver.ts';
import { payloadProblems } from '../lib/callback/payload.ts';
import { type CallbackRequest, callbackHeaders, idOfBody } from '../lib/callback/request.ts';
import { CallbackError, FileError, messageOf, SettingsError } from '../lib/errors.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { httpUrlProblem, shownUrl } from '../lib/http-url.ts';
import { createRedactor, type Redactor } from '../lib/redact.ts';
import { readCallbackSettings, secretsOf, urlsOf } from '../lib/task/settings.ts';

export default class Callback extends BaseCommand {
  static override summary = 'Send or replay one callback.';

  static override description =
    `Builds the body of a success or an error from flags, or sends --data unchanged, and shows the answer.
The orchestrator counts a success twice that it gets twice, and an error after a success loses the picture: look before you replay.
CALLBACK_SECRET, for the signature, comes from the environment or --env-file.`;

  static override usage = [
    '<%= command.id %> --task-id ID --batch-id ID --output-key KEY --output-size BYTES [FLAGS]',
    '<%= command.id %> --task-id ID --batch-id ID --error TEXT [FLAGS]',
    '<%= command.id %> --data FILE|- [FLAGS]',
  ];

  static override examples = [
    {
      description: 'Replay a callback that the log of a task says was not delivered',
      command:
        '$ grep -h \'^{"task_id"\' task.log | <%= config.bin %> <%= command.id %> --data - --url https://example.com/callback/b/t',
    },
    {
      description: 'Report a JPEG that is in R2',
      command:
        '<%= config.bin %> <%= command.id %> --task-id t --batch-id b --output-key staging/b/image.jpg --output-size 123456',
    },
    {
      description: 'Report a failure, but only show what would be sent',
      command:
        '<%= config.bin %> <%= command.id %> --task-id t --batch-id b --error "Lost" --dry-run',
    },
  ];

  static override flags = {
    url: Flags.string({ summary: 'Where the callback goes.', env: 'CALLBACK_URL' }),
    ...callbackFlags,
    data: Flags.string({
      summary: 'Send this file unchanged; - for stdin, unchanged but for a line end at its end.',
      helpValue: 'FILE',
      exclusive: ['output-key', 'output-size', 'error'],
    }),
    validate: Flags.boolean({
      summary: "Hold the body against the contract's schema first.",
      default: true,
      allowNo: true,
    }),
    'dry-run': Flags.boolean({ summary: 'Show headers, body and a curl line; send nothing.' }),
    attempts: Flags.integer({ summary: 'How often to try.', min: 1, max: 10, default: 1 }),
  };

  /** The command line may hold the address, too, and messages of wrong usage quote that. */
  protected override get redact(): Redactor {
    const environment = processEnvironment();
    const given = this.argv
      .filter((_, i) => !takesOtherValue(this.argv[i - 1]))
      .map((arg) => arg.replace(/^--url=/, ''));
    return createRedactor(secretsOf(environment), [...urlsOf(environment), ...given.filter(isUrl)]);
  }

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Callback);
    const settings = readCallbackSettings({ ...processEnvironment(), CALLBACK_URL: flags.url });
    const body = flags.data === undefined ? callbackBodyOf(flags) : await this.#read(flags.data);
    if (flags.validate) refuseInvalid(body);
    const request = { settings, body, id: idOfBody(body), userAgent: this.program };
    if (flags['dry-run']) return this.#show(request, await this.reporter(flags));
    return this.#send(request, flags);
  }

  async #read(path: string): Promise<string> {
    if (path === STANDARD_STREAM) return (await readStdin(this.stopSignal)).replace(/\r?\n$/, '');
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new FileError(`Could not read ${path}: ${messageOf(error)}. Check the path.`, {
        cause: error,
      });
    });
    return decodeText(bytes);
  }

  #show(request: CallbackRequest, reporter: Reporter): unknown {
    const url = shownUrl(request.settings.url);
    const headers = callbackHeaders(request, new Date());
    const curl = curlLine(url, headers, request.body);
    this.result(`POST ${url}`);
    for (const [name, value] of Object.entries(headers)) this.result(`${name}: ${value}`);
    this.result('');
    this.result(request.body);
    this.result('');
    this.result(curl);
    if (new URL(request.settings.url).search)
      reporter.warn("The URL's query is not shown, as it may be secret: add it to the curl line.");
    if (this.redact(request.body) !== request.body)
      reporter.warn('Parts of the body are not shown, as they may be secret.');
    return { url, headers, body: request.body, curl };
  }

  async #send(
    request: CallbackRequest,
    flags: { quiet: boolean; attempts: number },
  ): Promise<unknown> {
    const reporter = await this.reporter(flags);
    const activity = reporter.begin(`Sending the callback to ${shownUrl(request.settings.url)}`);
    const hide = createRedactor(querySecrets(request.settings.url), [request.settings.url]);
    const policy = { attempts: flags.attempts, baseDelayMs: 500, maxDelayMs: 5_000 };
    try {
      const { status, body, attempts } = await deliverCallback(request, {
        policy,
        signal: this.stopSignal,
        onRetry: ({ error, delayMs }) =>
          reporter.warn(`${messageOf(error)} Trying again in ${delayMs} ms`),
      });
      activity.done();
      const answer = { status, body: hide(body) };
      this.#showAnswer(answer);
      return { delivered: true, ...answer, attempts };
    } catch (error) {
      activity.failed();
      if (!(error instanceof CallbackError) || !error.answer) throw error;
      const { code, message } = error;
      const answer = { status: error.answer.status, body: hide(error.answer.body) };
      this.#showAnswer(answer);
      reporter.error(message);
      this.exitWith(exitCodes.failed, { delivered: false, ...answer, error: { code, message } });
    }
  }

  #showAnswer({ status, body }: { status: number; body: string }): void {
    this.result(`${status}`);
    if (body) this.result(body);
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

function refuseInvalid(body: string): void {
  let candidate: unknown;
  try {
    candidate = JSON.parse(body);
  } catch (error) {
    throw new SettingsError([
      `the body is not JSON: ${messageOf(error)} (--no-validate sends it all the same)`,
    ]);
  }
  const problems = payloadProblems(candidate);
  if (problems.length > 0)
    throw new SettingsError([
      `the body does not keep to the contract: ${problems.join(', ')} (--no-validate sends it all the same)`,
    ]);
}

/** Shorter values of a query are words, not tokens. */
const SHORTEST_TOKEN = 8;

/** What an answer must not give away: a receiver may quote the whole path, query included. */
function querySecrets(url: string): string[] {
  const { search, searchParams } = new URL(url);
  return [search.slice(1), ...searchParams.values()].filter((s) => s.length >= SHORTEST_TOKEN);
}
