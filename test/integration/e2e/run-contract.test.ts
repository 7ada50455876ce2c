import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { contractSnippet, decodeJpeg, largestDifference } from '../../support/pixels.ts';
import { runProgram } from '../../support/program.ts';
import { runTask, type TaskRun, useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const KEY = 'staging/batch_abc/folder/image.tiff';
const OUTPUT_KEY = 'staging/batch_abc/folder/image.jpg';

let folder: TestFolder;
let run: TaskRun;
beforeAll(async () => {
  folder = await makeFolder();
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  await sharp({ create: { width: 900, height: 600, channels: 3, background: 'teal', noise } })
    .tiff({ compression: 'lzw' })
    .toFile(folder.path('image.tiff'));
  await sandbox.current.putObject(KEY, await readFile(folder.path('image.tiff')));
  run = await runTask(sandbox.current, KEY);
});
afterAll(() => folder.remove());

describe('a task that succeeds', () => {
  it('exits with 0', () => {
    expect(run.exitCode).toBe(0);
  });

  it('uploads the JPEG beside the TIFF, as image/jpeg, with the pixels of the contract’s snippet', async () => {
    const jpeg = await sandbox.current.getObject(OUTPUT_KEY);
    expect(jpeg?.contentType).toBe('image/jpeg');
    const ours = await decodeJpeg(Buffer.from(jpeg?.bytes ?? []));
    const theirs = await decodeJpeg(await contractSnippet(folder.path('image.tiff')));
    expect(largestDifference(ours, theirs)).toBe(0);
  });

  it('leaves the original unchanged', async () => {
    const original = await sandbox.current.getObject(KEY);
    expect(
      Buffer.from(original?.bytes ?? []).equals(await readFile(folder.path('image.tiff'))),
    ).toBe(true);
  });

  it('calls back once, with exactly the contract’s fields', async () => {
    const jpeg = await sandbox.current.getObject(OUTPUT_KEY);
    expect(run.bodies).toEqual([
      {
        task_id: run.taskId,
        batch_id: run.batchId,
        status: 'success',
        output_r2_key: OUTPUT_KEY,
        output_file_name: 'image.jpg',
        output_file_size: jpeg?.size,
        performance: {
          total_time_ms: expect.any(Number),
          download_time_ms: expect.any(Number),
          conversion_time_ms: expect.any(Number),
          upload_time_ms: expect.any(Number),
        },
      },
    ]);
  });

  it('reports whole milliseconds', () => {
    const times = Object.values((run.bodies[0]?.['performance'] ?? {}) as Record<string, number>);
    expect(times.every((ms) => Number.isInteger(ms) && ms >= 0)).toBe(true);
    const [total = 0, ...stages] = times;
    expect(total).toBeGreaterThanOrEqual(stages.reduce((a, b) => a + b, 0));
  });

  it('names the caller and the outcome in its headers', () => {
    const headers = run.callbacks[0]?.headers ?? {};
    expect(headers['content-type']).toBe('application/json');
    expect(headers['user-agent']).toMatch(/^arke-tiff\/\d+\.\d+\.\d+$/);
    expect(headers['webhook-id']).toMatch(/^msg_[\w-]{27}$/);
    expect(Number(headers['webhook-timestamp'])).toBeGreaterThan(1_700_000_000);
    expect(headers['webhook-signature']).toBeUndefined();
  });

  it('prints the contract’s lines to stdout, in order, and nothing to stderr', () => {
    const id = `\\[${run.taskId}\\]`;
    expect(run.stdout).toMatch(
      new RegExp(
        `^${id} Starting TIFF conversion: ${KEY}\\n` +
          `${id} Downloaded \\d+\\.\\d\\d MB in \\d+ms\\n` +
          `${id} Plan: max \\(it fits\\); predicted \\d+ MB of \\d+ MB and [\\d.]+ of [\\d.]+ CPU-s\\n` +
          `${id} Converted to \\d+\\.\\d\\d MB in \\d+ms\\n` +
          `${id} Done as max \\(it fits\\); predicted \\d+ MB and [\\d.]+ CPU-s, measured \\d+ MB and [\\d.]+ CPU-s\\n` +
          `${id} Uploaded to ${OUTPUT_KEY} in \\d+ms\\n` +
          `${id} ✓ Success in \\d+ms\\n$`,
      ),
    );
    expect(run.stderr).toBe('');
  });
});

describe('the total time', () => {
  it('counts from the start of the process, not of the task', async () => {
    // Half a second that passes before the first line of the program.
    const preload = `const end = performance.now() + 500; while (performance.now() < end);`;
    const { bodies } = await runTask(sandbox.current, KEY, {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
    });
    const { total_time_ms = 0, ...stages } = (bodies[0]?.['performance'] ?? {}) as Record<
      string,
      number
    >;
    const inStages = Object.values(stages).reduce((a, b) => a + b, 0);
    expect(total_time_ms - inStages).toBeGreaterThanOrEqual(500);
  });
});

describe('the log', () => {
  it('is one typed and versioned event per line with LOG_FORMAT=json', async () => {
    const { stdout, taskId, batchId } = await runTask(sandbox.current, 'missing.tif', {
      LOG_FORMAT: 'json',
    });
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ v, level, event }) => [v, level, event])).toEqual([
      [1, 'info', 'task.started'],
      [1, 'error', 'task.failed'],
    ]);
    const ids = { task_id: taskId, batch_id: batchId };
    expect(events[0]).toMatchObject({ ...ids, input_r2_key: 'missing.tif' });
    expect(events[1]).toMatchObject({ ...ids, code: 'OBJECT_NOT_FOUND', stage: 'download' });
    expect(Date.parse(String(events[0]?.['time']))).not.toBeNaN();
  });

  it('cannot be forged by a key with line ends and escapes', async () => {
    const key = 'a\n[batch_1] ✓ Success in 1ms\u001b[2J\u202etif';
    const { stdout, bodies } = await runTask(sandbox.current, key);
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(stdout).toContain('a\\n[batch_1]');
    for (const control of ['\u001b', '\u202e']) expect(stdout).not.toContain(control);
    expect(bodies).toHaveLength(1);
  });

  it('goes to stderr with --json, and the outcome alone to stdout', async () => {
    const env = sandbox.current.environment('batch_json', 'task_json', KEY);
    const { stdout, stderr, exitCode } = await runProgram(['run', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({
      delivered: true,
      exit_code: 0,
      payload: { status: 'success', output_r2_key: OUTPUT_KEY },
    });
    expect(stderr).toContain('[task_json] ✓ Success');
    expect(exitCode).toBe(0);
  });
});
