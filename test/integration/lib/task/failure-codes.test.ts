import { expect, it } from 'vitest';
import type { TaskEvent } from '../../../../src/lib/log.ts';
import { runTaskFromEnvironment } from '../../../../src/lib/task/run-from-environment.ts';
import { always, type Fault, method } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { plainTiff } from '../../../support/pictures.ts';
import { newTask, useSandbox } from '../../../support/tasks.ts';

const sandbox = useSandbox();

/** What is wrong with a task, which else would succeed. */
interface Wrong {
  /** `TASK` stands for the task's id. */
  readonly key?: string;
  /** What lies under the key; default: a TIFF. */
  readonly tiff?: Buffer;
  /** Nothing lies there. */
  readonly lost?: boolean;
  /** Keys that hold somebody else's objects. */
  readonly taken?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What happens to the requests of a method that R2 gets. */
  readonly r2?: Readonly<Record<string, Fault>>;
  /** What the orchestrator answers. */
  readonly answer?: number;
}

const r2Says = (status: number, code: string) => ({
  status,
  body: `<Error><Code>${code}</Code><Message>by the test</Message></Error>`,
});

const wrongs: readonly (readonly [stage: string, code: string, wrong: Wrong])[] = [
  ['settings', 'SETTINGS', { env: { JPEG_QUALITY: '0' } }],
  ['settings', 'SETTINGS', { key: 'TASK/../image.tif', lost: true }],
  ['download', 'OBJECT_NOT_FOUND', { lost: true }],
  ['download', 'ACCESS_DENIED', { r2: { GET: { status: 403 } } }],
  ['download', 'CREDENTIALS_REJECTED', { r2: { GET: r2Says(403, 'SignatureDoesNotMatch') } }],
  ['download', 'CLOCK_SKEWED', { r2: { GET: r2Says(403, 'RequestTimeTooSkewed') } }],
  ['download', 'BUCKET_NOT_FOUND', { r2: { GET: r2Says(404, 'NoSuchBucket') } }],
  ['download', 'STORAGE_UNREACHABLE', { r2: { GET: { reset: true } } }],
  ['download', 'STORAGE_FAILED', { r2: { GET: { status: 400 } } }],
  ['download', 'BROKEN_TRANSFER', { r2: { GET: { cutAfter: 10 } } }],
  // The lookup of what lies where the JPEG goes, while the TIFF comes.
  ['upload', 'ACCESS_DENIED', { r2: { HEAD: { status: 403 } } }],
  ['upload', 'STORAGE_UNREACHABLE', { r2: { HEAD: { reset: true } } }],
  ['upload', 'STORAGE_FAILED', { r2: { HEAD: { status: 503 } } }],
  ['upload', 'OBJECT_EXISTS', { taken: ['TASK/image.jpg', 'TASK/image.tif.jpg'] }],
  ['upload', 'INVALID_KEY', { key: `TASK/${'x'.repeat(999)}` }],
  ['convert', 'NO_SUCH_PAGE', { env: { TIFF_PAGES: '3' } }],
  ['convert', 'NOT_A_TIFF', { tiff: Buffer.from('a text') }],
  ['convert', 'UNREADABLE_TIFF', { tiff: Buffer.from('II*\0\xff\xff\0\0', 'latin1') }],
  ['convert', 'OUT_OF_MEMORY', { env: { MEMORY_LIMIT_MB: '1' } }],
  ['upload', 'ACCESS_DENIED', { r2: { PUT: { status: 403 } } }],
  ['upload', 'BROKEN_TRANSFER', { r2: { PUT: r2Says(400, 'BadDigest') } }],
  ['upload', 'PRECONDITION_FAILED', { r2: { PUT: { status: 412 } } }],
  ['callback', 'CALLBACK_FAILED', { answer: 400 }],
];

it.each(wrongs)('a task that fails has stage and code in its log: %s, %s %#', async (...row) => {
  const [stage, code, wrong] = row;
  const failures = (await logOf(wrong)).filter(({ event }) => event === 'task.failed');
  expect(failures).toEqual([expect.objectContaining({ stage, code, error: expect.any(String) })]);
});

/** Runs a task in this process and gives its log; each line has the ids of its task and batch. */
async function logOf({ r2 = {}, answer, ...wrong }: Wrong): Promise<TaskEvent[]> {
  const { batchId, taskId } = newTask();
  const ofTask = (key: string) => key.replace('TASK', taskId);
  const { key = 'TASK/image.tif', tiff = await plainTiff() } = wrong;
  if (!wrong.lost) await sandbox.current.putObject(ofTask(key), tiff);
  for (const taken of wrong.taken ?? [])
    await sandbox.current.putObject(ofTask(taken), Buffer.from('a picture of others'));
  if (answer !== undefined) await sandbox.current.answer(batchId, taskId, [{ status: answer }]);
  await using server = await startFaultServer(sandbox.current.endpoint, (request) => {
    const fault = r2[request.method];
    return fault && always(fault, method(request.method))(request);
  });
  const environment = {
    ...sandbox.current.environment(batchId, taskId, ofTask(key)),
    LOG_FORMAT: 'json',
    R2_ENDPOINT: server.url,
    ...wrong.env,
  };
  const lines: string[] = [];
  const retry = { attempts: 2, baseDelayMs: 1, maxDelayMs: 1 };
  await runTaskFromEnvironment(environment, {
    program: 'arke-tiff/0.0.0',
    sinceStart: () => 0,
    write: (line) => lines.push(line),
    patience: { storageRetry: retry, callbackRetry: retry },
  });
  const events = lines.flatMap((line) => (line.startsWith('{"v"') ? [JSON.parse(line)] : []));
  for (const event of events) expect(event).toMatchObject({ task_id: taskId, batch_id: batchId });
  return events;
}
