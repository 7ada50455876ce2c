import { randomUUID } from 'node:crypto';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import type { CallbackPayload } from '../../src/lib/callback/payload.ts';
import { createTaskLog, type TaskEvent } from '../../src/lib/log.ts';
import { createRedactor } from '../../src/lib/redact.ts';
import type { RetryPolicy } from '../../src/lib/retry.ts';
import { callbackEnding } from '../../src/lib/task/callback-ending.ts';
import { OUTBOX_RESERVE_MS } from '../../src/lib/task/keeping.ts';
import type { TaskOutcome } from '../../src/lib/task/outcome.ts';
import { report } from '../../src/lib/task/report.ts';
import type { FaultOf } from './fault.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';
import { ENDLESS_MS } from './task-patience.ts';
import { newTask } from './tasks.ts';
import { until } from './until.ts';

/** Any Standard Webhooks secret. */
export const REPORT_SECRET = `whsec_${Buffer.from('the secret of these reports').toString('base64')}`;

/** How a task is that reports, and what it is told. */
export interface ReportSetup {
  readonly status?: CallbackPayload['status'];
  /** How long a success is tried beyond the deadline, in milliseconds. */
  readonly patienceMs?: number;
  /** When it goes to log and outbox if it is not taken, in milliseconds from now. */
  readonly keepMs?: number;
  /** How long it may take after a stop signal, and however late it is, in milliseconds. */
  readonly lastMs?: number;
  readonly retry?: RetryPolicy;
  readonly outbox?: boolean;
  readonly r2?: FaultOf;
  /** A stop signal. */
  readonly stop?: AbortSignal;
}

/** A report under way, and what can be seen of it. */
export interface Report extends AsyncDisposable {
  readonly outcome: Promise<TaskOutcome>;
  readonly events: readonly TaskEvent[];
  /** The log as text. */
  readonly lines: readonly string[];
  readonly taskId: string;
  readonly batchId: string;
  readonly prefix: string;
  /** What came to the orchestrator's door. */
  readonly door: FaultServer;
  /** Waits until the log has this in it. */
  said(text: string): Promise<unknown>;
  /** The entries of the outbox, by their keys. */
  entries(): Promise<Record<string, Entry>>;
  /** Bodies that the orchestrator has seen. */
  received(): Promise<string[]>;
}

/** An entry as it lies in the outbox. */
export interface Entry {
  readonly body: string;
  readonly error: string;
  readonly answer?: { readonly status: number; readonly body: string };
  readonly unconfirmed?: boolean;
  readonly lease?: { readonly owner: string; readonly until: string };
}

/** Reports how a task ended to the sandbox's orchestrator, before which `answer` stands. */
export async function startReport(
  sandbox: Sandbox,
  answer: (report: { readonly sent: number }) => ReturnType<FaultOf>,
  {
    status = 'success',
    patienceMs = ENDLESS_MS,
    keepMs = 50,
    lastMs = 50,
    retry = QUICK,
    outbox = true,
    r2,
    stop,
  }: ReportSetup = {},
): Promise<Report> {
  const { taskId, batchId } = newTask();
  const prefix = `outbox-${randomUUID()}`;
  const lines: string[] = [];
  const events: TaskEvent[] = [];
  const said = (text: string) => lines.some((line) => line.includes(text));
  let sent = 0;
  const door = await startFaultServer(sandbox.callbackUrl(batchId, taskId), () =>
    answer({ sent: ++sent }),
  );
  const bucket = await startFaultServer(sandbox.endpoint, r2 ?? (() => undefined));
  const log = createTaskLog({
    taskId,
    batchId,
    format: 'text',
    write: (line) => void lines.push(line),
    redact: createRedactor([REPORT_SECRET]),
  });
  const storage = { ...sandbox.credentials, bucket: sandbox.bucket, endpoint: bucket.url };
  const target = {
    taskId,
    batchId,
    callback: { url: door.url, secret: REPORT_SECRET },
    budget: {
      timeoutMs: keepMs + (outbox ? OUTBOX_RESERVE_MS : 0),
      callbackPatienceMs: patienceMs,
    },
    outbox: outbox ? { prefix, storage, inputKey: 'a/x.tif' } : undefined,
  };
  const start = performance.now();
  const options = {
    program: 'arke-tiff/1',
    sinceStart: () => performance.now() - start,
    log: (event: TaskEvent) => {
      events.push(event);
      log(event);
    },
    patience: {
      lastCallbackMs: lastMs,
      callbackRetry: retry,
      storageRetry: { ...QUICK, attempts: 1 },
    },
    stop,
  };
  const outcome = report(target, payloadOf(status, taskId, batchId), options, {
    stopping: callbackEnding(target, options),
  });
  return {
    outcome,
    events,
    lines,
    taskId,
    batchId,
    prefix,
    door,
    said: (text) => until(() => said(text)),
    async entries() {
      const keys = await sandbox.listKeys(`${prefix}/pending/`);
      const entries = keys.map(async (key) => {
        const bytes = (await sandbox.getObject(key))?.bytes ?? [];
        return [key, JSON.parse(Buffer.from(bytes).toString())] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    },
    received: async () => (await sandbox.callbacks(batchId, taskId)).map(({ body }) => body),
    async [Symbol.asyncDispose]() {
      await Promise.all([door[Symbol.asyncDispose](), bucket[Symbol.asyncDispose]()]);
    },
  };
}

/** Soon again, as often as there is time. */
const QUICK = { attempts: Number.POSITIVE_INFINITY, baseDelayMs: 20, maxDelayMs: 100 };

function payloadOf(
  status: CallbackPayload['status'],
  task_id: string,
  batch_id: string,
): CallbackPayload {
  if (status === 'error') return { task_id, batch_id, status, error: 'Lost' };
  const output = { output_r2_key: 'a/x.jpg', output_file_name: 'x.jpg', output_file_size: 1 };
  return { task_id, batch_id, status, ...output };
}
