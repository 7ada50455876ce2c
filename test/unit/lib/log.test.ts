import { describe, expect, it } from 'vitest';
import { createTaskLog, type TaskEvent } from '../../../src/lib/log.ts';
import { createRedactor } from '../../../src/lib/redact.ts';

const body = '{"output_r2_key":"a/https://x.example/?token=hunter22.jpg"}';
const events: TaskEvent[] = [
  { event: 'task.started', input_r2_key: 'a/image.tif' },
  { event: 'tiff.downloaded', bytes: 18_192_793, ms: 127 },
  { event: 'jpeg.converted', bytes: 870_318, ms: 642 },
  { event: 'jpeg.uploaded', output_r2_key: 'a/image.jpg', ms: 23 },
  { event: 'page.converted', page: 2, bytes: 870_318, ms: 642 },
  {
    event: 'page.uploaded',
    page: 2,
    output_r2_key: 'a/image.page-2.jpg',
    bytes: 870_318,
    ms: 23,
  },
  {
    event: 'conversion.planned',
    effort: 'max',
    turn: 'disk',
    reason: 'it fits',
    reader: 'samples',
    feature: 'signed samples',
    predicted_peak_bytes: 209_715_200,
    memory_limit_bytes: 419_430_400,
    predicted_cpu_seconds: 1.5,
    cpu_limit_seconds: 16.25,
  },
  { event: 'task.succeeded', ms: 798 },
  {
    event: 'task.failed',
    code: 'OBJECT_NOT_FOUND',
    stage: 'download',
    error: 'no "https://x.example/y?z=1234" there\nwith hunter22',
  },
  { event: 'note', code: 'UP_TO_DATE', message: 'nothing to do' },
  { event: 'warning', code: 'PAGES', message: 'one page only' },
  { event: 'warning', page: 3, code: 'DECODER_WARNING', message: 'odd' },
  { event: 'retry', stage: 'callback', attempt: 1, delay_ms: 50, reason: 'busy' },
  {
    event: 'retry',
    stage: 'callback',
    attempt: 2,
    delay_ms: 70,
    reason: 'busy',
    answer: { status: 500, body: ' hunter22\n\u001b[1m ' },
  },
  { event: 'callback.undelivered', body, reason: 'down', continues_ms: 61_499 },
  { event: 'callback.undelivered', body, reason: 'unknown', probably_taken: true },
  { event: 'callback.undelivered', body, reason: 'gone' },
];

function linesOf(format: 'text' | 'json'): string[] {
  const lines: string[] = [];
  const redact = createRedactor(['hunter22'], ['https://x.example/y?z=1234']);
  const log = createTaskLog({
    taskId: 'batch_1',
    batchId: 'b',
    format,
    redact,
    write: (line) => lines.push(line),
  });
  for (const event of events) log(event);
  return lines;
}

describe('the log of a task', () => {
  it('as text: the contract’s lines, and ours beside them', () => {
    expect(linesOf('text')).toEqual([
      '[batch_1] Starting TIFF conversion: a/image.tif',
      '[batch_1] Downloaded 17.35 MB in 127ms',
      '[batch_1] Converted to 0.83 MB in 642ms',
      '[batch_1] Uploaded to a/image.jpg in 23ms',
      '[batch_1] Page 2 converted to 0.83 MB in 642ms',
      '[batch_1] Page 2 uploaded to a/image.page-2.jpg (0.83 MB) in 23ms',
      '[batch_1] Plan: max, turned on disk, read sample by sample for its signed samples (it fits); predicted 200 MB of 400 MB and 1.5 of 16.25 CPU-s',
      '[batch_1] ✓ Success in 798ms',
      '[batch_1] ✗ Error: no "https://x.example/y?[redacted]" there\\nwith [redacted]',
      '[batch_1] Note: nothing to do',
      '[batch_1] Warning: one page only',
      '[batch_1] Page 3: Warning: odd',
      '[batch_1] Retrying callback in 50ms after attempt 1: busy',
      '[batch_1] Retrying callback in 70ms after attempt 2: busy Its answer: [redacted] \\u001b[1m',
      expect.stringMatching(
        /^\[batch_1\] Callback not delivered; attempts continue for 62 s\. .* the next line is its body/,
      ),
      body,
      expect.stringMatching(
        /^\[batch_1\] Callback not confirmed; it was probably taken\. .* the next line is its body/,
      ),
      body,
      expect.stringMatching(/^\[batch_1\] Callback not delivered; the next line is its body/),
      body,
    ]);
  });

  it('as JSON: one event a line, whole whatever was redacted in it', () => {
    const parsed = linesOf('json').map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(parsed.map(({ event }) => event)).toEqual(events.map(({ event }) => event));
    expect(parsed.map(({ level }) => level)).toEqual([
      ...['info', 'info', 'info', 'info', 'info', 'info', 'info', 'info'],
      ...['error', 'info', 'warning', 'warning', 'warning', 'warning', 'error', 'error', 'error'],
    ]);
    for (const line of parsed)
      expect(line).toMatchObject({ v: 1, task_id: 'batch_1', batch_id: 'b' });
    expect(parsed[13]).toMatchObject({
      answer_status: 500,
      answer: '[redacted] \\u001b[1m',
    });
    expect(parsed[14]).toMatchObject({ continues_ms: 61_499 });
    expect(parsed[8]).toMatchObject({ code: 'OBJECT_NOT_FOUND', stage: 'download' });
    expect(parsed[8]?.['error']).toBe('no "https://x.example/y?[redacted]" there\nwith [redacted]');
  });

  it('keeps an undelivered body exactly as it was sent', () => {
    expect(linesOf('text').at(-1)).toBe(body);
    expect(JSON.parse(linesOf('json').at(-1) ?? '')).toMatchObject({ body });
  });
});
