import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import { taskIdOfKey } from '../../src/lib/callback/task-id.ts';
import type { BatchReportDocument } from '../../src/lib/documents/documents.ts';
import { type Run, runProgram } from './program.ts';
import { runTask, type TaskRun } from './tasks.ts';

/** A batch of the orchestrator's with an outbox of its own, in the sandbox's bucket. */
export interface ReportedBatch {
  readonly id: string;
  /** What the keys of its TIFFs begin with. */
  readonly prefix: string;
  readonly outbox: string;
  /** `--report-to`. */
  readonly url: string;
  /** Variables of R2 and the outbox. */
  readonly env: Readonly<Record<string, string>>;
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Runs the task of a TIFF, as the orchestrator calls it. */
  run(name: string, env?: Readonly<Record<string, string>>): Promise<TaskRun>;
  /** What the orchestrator answers to the next callbacks for a TIFF. */
  answer(name: string, ...answers: Parameters<Sandbox['answer']>[2]): Promise<void>;
  /** The bodies that the orchestrator has got for a TIFF. */
  received(name: string): Promise<Record<string, unknown>[]>;
  /** Reports it by `batch --report-to --yes --json`, with more flags. */
  report(...flags: readonly string[]): Promise<Run & { readonly document: BatchReportDocument }>;
  /** The keys of what waits in the outbox. */
  waiting(): Promise<string[]>;
}

/** A batch that nothing is in yet. */
export function reportedBatch(sandbox: Sandbox): ReportedBatch {
  const id = `batch_${randomUUID().slice(0, 8)}`;
  const prefix = `staging/${id}/`;
  const outbox = `outbox-${id}`;
  const url = `${sandbox.url}/callback/{batch_id}/{task_id}`;
  const { TASK_ID, BATCH_ID, INPUT_R2_KEY, CALLBACK_URL, ...r2 } = sandbox.environment(
    id,
    't',
    'k',
  );
  const env = { ...r2, CALLBACK_OUTBOX_PREFIX: outbox };
  const taskId = (name: string) => taskIdOfKey(prefix + name);
  return {
    id,
    prefix,
    outbox,
    url,
    env,
    put: (name, bytes) => sandbox.putObject(prefix + name, bytes),
    run: (name, more = {}) =>
      runTask(
        sandbox,
        prefix + name,
        { CALLBACK_OUTBOX_PREFIX: outbox, ...more },
        { batchId: id, taskId: taskId(name) },
      ),
    answer: (name, ...answers) => sandbox.answer(id, taskId(name), answers),
    received: async (name) =>
      (await sandbox.callbacks(id, taskId(name))).map(({ body }) => JSON.parse(body)),
    async report(...flags) {
      const args = ['batch', prefix, '--report-to', url, '--yes', '--json', ...flags];
      const run = await runProgram(args, { env });
      return { ...run, document: JSON.parse(run.stdout) };
    },
    waiting: () => sandbox.listKeys(`${outbox}/pending/`),
  };
}

/** How the success of each TIFF stands, by its name. */
export function statesOf(
  { prefix }: Pick<ReportedBatch, 'prefix'>,
  { callbacks }: BatchReportDocument,
): Record<string, string> {
  return Object.fromEntries(
    callbacks.map(({ input, state }) => [input.slice(prefix.length), state]),
  );
}
