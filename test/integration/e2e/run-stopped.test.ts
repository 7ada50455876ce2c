import { readdir, stat } from 'node:fs/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { TaskPatience } from '../../../src/lib/task/running-task.ts';
import type { FaultOf } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { noise } from '../../support/paged-tiffs.ts';
import { plainTiff } from '../../support/pictures.ts';
import { startProgram } from '../../support/program.ts';
import { ENDLESS_MS, untilTold, withPatience } from '../../support/task-patience.ts';
import { newTask, useSandbox } from '../../support/tasks.ts';
import { makeTiff } from '../../support/tiff-writer.ts';
import { until } from '../../support/until.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();

/** Nothing is dropped because a busy machine is slow. */
const unhurried: TaskPatience = {
  ...untilTold,
  stop: {
    convertedMs: ENDLESS_MS,
    uploadedMs: ENDLESS_MS,
    workedMs: ENDLESS_MS,
    keptMs: ENDLESS_MS,
  },
};

/** A task that is stopped at a moment of its own. */
interface Stopped {
  readonly tiff: Uint8Array;
  readonly patience?: TaskPatience;
  readonly env?: Readonly<Record<string, string>>;
  /** What R2 does; `stop` sends the signal. */
  readonly r2?: (stop: () => void) => FaultOf;
  /** What the orchestrator does. */
  readonly orchestrator?: (stop: () => void) => FaultOf;
  /** The line of the log at which it is stopped. */
  readonly at?: string;
  /** Waits for the moment at which it is stopped. */
  readonly when?: (temporary: string) => Promise<unknown>;
}

/** Runs such a task to its end. */
async function runStopped({ tiff, patience, env, r2, orchestrator, at, when }: Stopped) {
  const { batchId, taskId } = newTask();
  await sandbox.current.putObject(`${taskId}/image.tif`, tiff);
  const temporary = await folder.make(taskId);
  let stoppedAt: number | undefined;
  const stop = () => {
    stoppedAt ??= performance.now();
    program.kill('SIGTERM');
  };
  await using storage = await startFaultServer(
    sandbox.current.endpoint,
    r2?.(stop) ?? (() => undefined),
  );
  const bodies: string[] = [];
  const atDoor = orchestrator?.(stop);
  await using receiver = await startFaultServer(
    sandbox.current.callbackUrl(batchId, taskId),
    async (request) => {
      bodies.push(String(await request.body()));
      return atDoor?.(request);
    },
  );
  const program = startProgram(['run'], {
    env: {
      ...sandbox.current.environment(batchId, taskId, `${taskId}/image.tif`),
      TASK_TIMEOUT_MS: '400000',
      R2_ENDPOINT: storage.url,
      CALLBACK_URL: receiver.url,
      TMPDIR: temporary,
      NODE_COMPILE_CACHE: folder.path('compile-cache'),
      ...(patience && withPatience(patience)),
      ...env,
    },
  });
  let log = '';
  program.stdout.on('data', (chunk: Buffer) => {
    log += chunk;
    if (at && log.includes(at) && stoppedAt === undefined) stop();
  });
  void when?.(temporary).then(stop);
  const { exitCode, stdout } = await program;
  return {
    exitCode,
    stdout,
    /** From the signal to the end of the process. */
    ms: performance.now() - (stoppedAt ?? Number.NaN),
    payloads: bodies.map((body) => JSON.parse(body) as Record<string, unknown>),
    keys: (await sandbox.current.listKeys(`${taskId}/`)).map((key) => key.replace(/.*\//, '')),
    left: await readdir(temporary),
  };
}

/** Its picture is there, and was reported once. */
const SAVED = { exitCode: 0, payloads: [{ status: 'success' }], left: [] };
/** An error was reported once, and nothing is there. */
const LOST = {
  exitCode: 1,
  payloads: [{ status: 'error', error: expect.stringMatching(/^Interrupted by SIGTERM/) }],
  keys: ['image.tif'],
  left: [],
};

let small: Uint8Array;
/** Predicted to take 15 CPU-s as `max`, and one as `fast`. */
let large: Uint8Array;
const SLOW_ENCODER = { JPEG_CHROMA_SUBSAMPLING: '4:4:4' };
beforeAll(async () => {
  small = await plainTiff();
  const plain = { width: 10_000, height: 6_000, channels: 3, background: 'teal' } as const;
  large = await sharp({ create: plain }).tiff({ compression: 'lzw' }).toBuffer();
});

/** Sends the signal when a request comes, and then lets this happen to it. */
const atRequest =
  (method: string, fault: Awaited<ReturnType<FaultOf>>) =>
  (stop: () => void): FaultOf =>
  (request) => {
    if (request.method !== method) return undefined;
    stop();
    return fault;
  };

describe('a task that is stopped while it downloads', () => {
  it('is finished with effort fast when the TIFF arrives in time', async () => {
    const run = await runStopped({ tiff: small, patience: unhurried, r2: atRequest('GET', {}) });
    expect(run).toMatchObject({ ...SAVED, keys: ['image.jpg', 'image.tif'] });
    expect(run.stdout).toContain('] Plan: fast (it fits)');
  });

  /** Of 3 MB, without compression. */
  const uncompressed = async () =>
    new Uint8Array(
      await sharp({ create: { width: 1_000, height: 1_000, channels: 3, background: 'teal' } })
        .tiff({ compression: 'none' })
        .toBuffer(),
    );
  /** An hour and a half. */
  const slowly = { drip: { bytes: 10, everyMs: 20 } };

  it('is given up at once when the TIFF arrives too slowly', async () => {
    const run = await runStopped({
      tiff: await uncompressed(),
      patience: unhurried,
      r2:
        () =>
        ({ method }) =>
          method === 'GET' ? slowly : undefined,
      when: (temporary) => until(() => hasBytes(temporary, 1_000)),
    });
    expect(run).toMatchObject(LOST);
    expect(run.stdout).not.toContain('Downloaded');
  });

  it('is given up as soon as it is clear that the TIFF will be too late', async () => {
    const run = await runStopped({
      tiff: await uncompressed(),
      patience: unhurried,
      r2: atRequest('GET', slowly),
    });
    expect(run).toMatchObject(LOST);
    expect(run.stdout).not.toContain('Downloaded');
  });

  it('is finished when R2 answers late, but sends quickly', async () => {
    // By all the time since it was asked for, a tenth in 3 s, it would not be.
    const run = await runStopped({
      tiff: await uncompressed(),
      patience: { ...unhurried, stop: { ...unhurried.stop, convertedMs: 20_000 } },
      r2:
        () =>
        ({ method }) =>
          method === 'GET'
            ? { answerAfterMs: 3_000, drip: { bytes: 60_000, everyMs: 20 } }
            : undefined,
      when: (temporary) => until(() => hasBytes(temporary, 1)),
    });
    expect(run).toMatchObject({ ...SAVED, keys: ['image.jpg', 'image.tif'] });
  });
});

/** Whether so many bytes of a TIFF have come. */
async function hasBytes(temporary: string, bytes: number): Promise<boolean> {
  const [task] = (await readdir(temporary)).filter((name) => name.startsWith('arke'));
  const size = stat(`${temporary}/${task}/input.tif`).then(({ size }) => size);
  return (await size.catch(() => 0)) >= bytes;
}

describe('a task that is stopped while it converts', () => {
  it('continues when it will be in time', async () => {
    const run = await runStopped({
      tiff: large,
      env: SLOW_ENCODER,
      patience: unhurried,
      at: 'Plan: max',
    });
    expect(run).toMatchObject({ ...SAVED, keys: ['image.jpg', 'image.tif'] });
    expect(run.stdout).not.toContain('Plan: fast');
  });

  it('starts again with effort fast when only that will be in time', async () => {
    const patience = { ...unhurried, stop: { ...unhurried.stop, convertedMs: 12_000 } };
    const run = await runStopped({
      tiff: large,
      env: SLOW_ENCODER,
      patience,
      at: 'Plan: max',
    });
    expect(run).toMatchObject({ ...SAVED, keys: ['image.jpg', 'image.tif'] });
    expect(run.stdout).toMatch(/Converting again with less\n.*Plan: fast \(max was too slow\)/);
  });

  it('is given up at once when not even that will be in time', async () => {
    const patience = { ...unhurried, stop: { ...unhurried.stop, convertedMs: 400 } };
    const run = await runStopped({
      tiff: large,
      env: SLOW_ENCODER,
      patience,
      at: 'Plan: max',
    });
    expect(run).toMatchObject(LOST);
  });

  it('never lowers an explicit effort, and is given up', async () => {
    const patience = { ...unhurried, stop: { ...unhurried.stop, convertedMs: 12_000 } };
    const env = { ...SLOW_ENCODER, JPEG_EFFORT: 'max' };
    const run = await runStopped({ tiff: large, env, patience, at: 'Plan: max' });
    expect(run).toMatchObject(LOST);
    expect(run.stdout).not.toContain('Plan: fast');
  });
});

describe('a task of several pages that is stopped', () => {
  const ALL = { TIFF_PAGES: 'all' };
  const keys = ['image.jpg', 'image.page-2.jpg', 'image.page-3.jpg', 'image.tif'];

  it('makes all of them when in time, the further ones with effort fast', async () => {
    const tiff = makeTiff(...Array(3).fill(noise(1_000)));
    const run = await runStopped({ tiff, env: ALL, patience: unhurried, at: 'Converted to' });
    expect(run).toMatchObject({ ...SAVED, keys });
    expect(run.stdout).toContain('Page 3: Plan: fast');
  });

  it('makes none when not all will be in time', async () => {
    const tiff = makeTiff(...Array(3).fill(noise(2_500)));
    const patience = { ...unhurried, stop: { ...unhurried.stop, convertedMs: 100 } };
    const run = await runStopped({ tiff, env: ALL, patience, at: 'Plan: max' });
    expect(run).toMatchObject(LOST);
  });
});

describe('a task that is stopped while it uploads', () => {
  it('finishes the upload', async () => {
    const run = await runStopped({ tiff: small, patience: unhurried, r2: atRequest('PUT', {}) });
    expect(run).toMatchObject({ ...SAVED, keys: ['image.jpg', 'image.tif'] });
  });

  const cutOff = {
    ...unhurried,
    stop: { ...unhurried.stop, convertedMs: 500, uploadedMs: 1_000, lookedMs: ENDLESS_MS },
  };

  it('finds the JPEG when only R2’s answer is lost', async () => {
    const r2 = atRequest('PUT', { hangAfter: true });
    const run = await runStopped({ tiff: small, patience: cutOff, r2 });
    expect(run).toMatchObject({ ...SAVED, keys: ['image.jpg', 'image.tif'] });
    expect(run.stdout).toMatch(/Uploaded to \S+\/image\.jpg in \d+ms\n.*✓ Success/);
  });

  it('is given up when R2 accepts no data', async () => {
    const r2 = atRequest('PUT', { hang: true });
    expect(await runStopped({ tiff: small, patience: cutOff, r2 })).toMatchObject(LOST);
  });
});

describe('a task that is stopped twice', () => {
  const twice = (stop: () => void) => () => {
    stop();
    // Later than a signal that is only passed on.
    setTimeout(stop, 300);
  };

  it('ends at once, with its error', async () => {
    const r2 = (stop: () => void): FaultOf => atRequest('PUT', { hang: true })(twice(stop));
    const run = await runStopped({ tiff: small, patience: unhurried, r2 });
    expect(run).toMatchObject(LOST);
  });

  it('ends at once while a success is called back, and no error follows it', async () => {
    const orchestrator = (stop: () => void): FaultOf =>
      atRequest('POST', { hang: true })(twice(stop));
    const { lastCallbackMs: _, ...patience } = unhurried;
    const calledBackMs = ENDLESS_MS;
    const run = await runStopped({
      tiff: small,
      orchestrator,
      patience: { ...patience, callbackMs: ENDLESS_MS, stop: { ...patience.stop, calledBackMs } },
    });
    expect(run).toMatchObject({ ...SAVED, exitCode: 1, keys: ['image.jpg', 'image.tif'] });
    expect(run.stdout).toMatch(
      /not accepted within 0\.5 s after SIGTERM\.\n.*Callback not delivered/,
    );
  });
});

describe('a task that is stopped ends before Fly’s 5 s are over', () => {
  const OUTBOX = { CALLBACK_OUTBOX_PREFIX: 'outbox' };
  const silent: Partial<Stopped> = { orchestrator: atRequest('POST', { hang: true }) };
  it.each<[string, Partial<Stopped>, string]>([
    ['R2 sends no TIFF', { r2: atRequest('GET', { hang: true }) }, 'error'],
    ['R2 takes no JPEG', { r2: atRequest('PUT', { hang: true }) }, 'error'],
    ['the orchestrator says nothing', silent, 'success'],
    ['the orchestrator says nothing, with an outbox', { ...silent, env: OUTBOX }, 'success'],
    [
      'R2 takes no JPEG and the orchestrator says nothing, with an outbox',
      {
        env: OUTBOX,
        r2: (stop) => (request) =>
          request.url.includes('/image.jpg')
            ? atRequest('PUT', { hang: true })(stop)(request)
            : undefined,
        orchestrator: () => () => ({ hang: true }),
      },
      'error',
    ],
  ])('%s', async (_, stopped, status) => {
    const run = await runStopped({ tiff: small, ...stopped });
    expect(run.payloads).toMatchObject([{ status }]);
    expect(run.ms).toBeLessThan(5_000);
    expect(run.left).toEqual([]);
  });
});
