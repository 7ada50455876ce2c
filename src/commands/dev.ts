import { availableParallelism } from 'node:os';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { processEnvironment } from '../cli/environment.ts';
import { wrongUsage } from '../cli/flag-kinds.ts';
import { startLocalDev } from '../cli/load-dev.ts';
import type { ForwardedCallback } from '../dev/api.ts';
import type { LocalDev } from '../dev/dev.ts';
import type { DevDocument } from '../lib/documents/documents.ts';
import { stopSignals } from '../lib/exit-codes.ts';
import { httpUrlProblem } from '../lib/http-url.ts';
import { InterruptedError } from '../lib/stop.ts';

/** Variables that any process needs to find programs, temporary files and fonts. */
const SYSTEM_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'SystemRoot', 'TEMP'];

export default class Dev extends BaseCommand {
  static override summary = 'Run R2 and the orchestrator locally, with a page to try tasks.';

  static override description =
    `Starts a local R2, an orchestrator that accepts callbacks, and a page: each TIFF dropped there becomes a task of "run". Prints the environment variables for any worker that follows the contract.
Needs Cloudflare's simulator, Miniflare (npm install miniflare), but no account and no network: everything listens on this machine only.
Objects, tasks and access keys stay in the folder for the next start. Ctrl-C stops it.`;

  static override examples = [
    { description: 'Start', command: '<%= config.bin %> <%= command.id %>' },
    {
      description:
        'Write the variables for your own worker to a file; then, in another terminal: node --env-file .env.local worker.mjs',
      command: '<%= config.bin %> <%= command.id %> --env-file .env.local',
    },
    {
      description: 'Forward each callback to the receiver that you are writing',
      command:
        '<%= config.bin %> <%= command.id %> --forward-to "http://127.0.0.1:3000/callback/{batch_id}/{task_id}"',
    },
  ];

  static override flags = {
    port: Flags.integer({
      summary: 'Port of the orchestrator; page and R2 use the next two. 0 takes three free ports.',
      min: 0,
      max: 65_533,
      default: 8787,
    }),
    folder: Flags.string({
      summary: 'Folder for objects, tasks and keys.',
      helpValue: 'FOLDER',
      default: '.arke-tiff-dev',
    }),
    'env-file': Flags.string({
      summary: "Write a worker's variables to this file: NAME=value lines, secrets included.",
      helpValue: 'FILE',
    }),
    'forward-to': Flags.string({
      summary:
        'Also forward each callback to this http or https URL, on any host, as it arrived; {batch_id} and {task_id} in it are filled in. Its answer is shown, and has no effect on the task.',
      helpValue: 'URL',
      parse: async (url) => {
        const problem = httpUrlProblem(url);
        if (problem) throw await wrongUsage(problem);
        return url;
      },
    }),
    jobs: Flags.integer({
      char: 'j',
      summary: 'Tasks to run at once; default: one for every two CPUs.',
      min: 1,
      max: 64,
    }),
    'memory-mb': Flags.integer({
      summary: 'Memory that each task can use.',
      min: 256,
      default: 1024,
    }),
    'max-upload-mb': Flags.integer({
      summary: 'Largest TIFF that the page accepts.',
      min: 1,
      default: 2048,
    }),
  };

  protected override readonly readsEnvFile = false;

  async run(): Promise<unknown> {
    const { flags } = await this.parse(Dev);
    const environment = processEnvironment();
    const reporter = await this.reporter(flags);
    const activity = reporter.begin('Starting R2 and the orchestrator');
    const dev = await startLocalDev({
      folder: flags.folder,
      port: flags.port,
      jobs: flags.jobs ?? Math.max(1, Math.floor(availableParallelism() / 2)),
      memoryMb: flags['memory-mb'],
      maxUploadMb: flags['max-upload-mb'],
      envFile: flags['env-file'],
      forwardTo: flags['forward-to'],
      program: this.program,
      systemVariables: Object.fromEntries(
        SYSTEM_VARIABLES.flatMap((name) => {
          const value = environment[name];
          return value === undefined ? [] : [[name, value]];
        }),
      ),
      onTrouble: (message) => reporter.warn(message),
      signal: this.stopSignal,
    }).catch((error: unknown) => {
      activity.failed();
      throw error;
    });
    activity.done();
    try {
      if (!dev.hasPage)
        reporter.warn('The page is not built. Run "npm run build" and start again.');
      this.#show(dev, flags);
      if (!flags.quiet && !this.jsonEnabled()) this.#follow(dev);
      await stopped(this.stopSignal);
    } finally {
      await dev.stop();
    }
    const { reason } = this.stopSignal;
    this.exitWith(stopSignals[reason instanceof InterruptedError ? reason.signal : 'SIGINT']);
  }

  #show({ addresses, variables, exportLines }: LocalDev, flags: ShownFlags): void {
    const { page, orchestrator, endpoint } = addresses;
    const document: DevDocument = { page, orchestrator, endpoint, environment: variables };
    if (this.jsonEnabled()) this.logJson(document);
    this.result(`Page          ${page}/`);
    this.result(`Orchestrator  ${orchestrator}`);
    this.result(`R2            ${endpoint}`);
    const forwardTo = flags['forward-to'];
    // Its query may be a secret.
    if (forwardTo !== undefined) this.result(`Forward to    ${forwardTo.replace(/[?#].*$/s, '')}`);
    this.result('');
    for (const line of exportLines) this.result(line);
    this.result('');
    const written = flags['env-file'];
    if (written !== undefined) this.result(`The variables are also in ${written}.`);
    this.result(`Press Ctrl-C to stop. ${flags.folder} is kept.`);
  }

  /** Prints a line for each task that has ended, and for each callback that was forwarded. */
  #follow(dev: LocalDev): void {
    const told = new Set<string>();
    dev.events.listen((event) => {
      if (event.type === 'callback') {
        const { id, record } = event.data;
        if (record.forwarded) this.note(`${id} ${forwardedText(record.forwarded)}`);
      }
      if (event.type !== 'task' || event.data.ended_at === null) return;
      const { id, name, state, ended_at, output_key, error } = event.data;
      const end = `${id} ${ended_at}`;
      if (told.has(end)) return;
      told.add(end);
      const what = state === 'elsewhere' ? `${id}, called back` : `${id}, ${name}: ${state}`;
      this.note([what, error ?? output_key].filter(Boolean).join('; '));
    });
  }
}

interface ShownFlags {
  readonly folder: string;
  readonly 'env-file'?: string | undefined;
  readonly 'forward-to'?: string | undefined;
}

/** `--> 200 from http://127.0.0.1:3000/hook in 12 ms`. */
function forwardedText({ status, url, ms, error }: ForwardedCallback): string {
  return status === null
    ? `--> no answer from ${url}: ${error}`
    : `--> ${status} from ${url} in ${ms} ms`;
}

function stopped(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  return promise;
}
