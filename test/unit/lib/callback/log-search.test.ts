import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchLog } from '../../../../src/lib/callback/log-search.ts';
import { taskIdOfKey } from '../../../../src/lib/callback/task-id.ts';
import { createTaskLog, type LogFormat, type TaskEvent } from '../../../../src/lib/log.ts';
import { escapeControls } from '../../../../src/lib/redact.ts';
import { nextStep } from '../../../../src/lib/task/outbox/task-outbox.ts';

const unit = 'binary';
const text = fc.string({ unit, minLength: 1 });
const payload = fc.oneof(
  fc.record({
    task_id: text,
    batch_id: text,
    status: fc.constant('success'),
    output_r2_key: text,
    output_file_name: text.filter((name) => !name.includes('/')),
    output_file_size: fc.integer({ min: 1 }),
  }),
  fc.record({
    task_id: text,
    batch_id: text,
    status: fc.constant('error'),
    error: fc.string({ unit, minLength: 1, maxLength: 200 }),
  }),
);
/** As `run` sends it, and writes it into its log. */
const body = payload.map((value) => escapeControls(JSON.stringify(value)));

const printable = fc
  .string({ unit: 'grapheme', maxLength: 60 })
  .map((s) => s.replace(/\p{Cc}/gu, ''));
const colour = fc.constantFrom('\u001b[31m', '\u001b[0m', '\u001b[2;36m', '\u001b]8;;x\u0007', '');
const noise = fc.tuple(colour, printable, colour, printable).map((parts) => parts.join(''));
const flyPrefix = fc.constantFrom(
  '2026-11-24T16:00:00Z app[148e44] ord [info] ',
  '\u001b[2m2026-11-24T16:00:00.123Z\u001b[0m \u001b[32mapp\u001b[0m[148e44] \u001b[34mord\u001b[0m [\u001b[36minfo\u001b[0m] ',
  'worker-1  | ',
  '',
);

/** What platforms and shippers make of a line. */
const wraps: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout' }),
  (line) => JSON.stringify({ timestamp: 'now', level: 'info', message: line, region: 'ord' }),
  (line) => JSON.stringify({ level: 'info', message: line, meta: { instance: 'x' } }, null, 4),
  (line) => JSON.stringify({ outer: JSON.stringify({ message: line }) }),
  (line) => `prefix ${JSON.stringify({ message: `\u001b[33m${line}\u001b[0m` })} suffix`,
];

describe('the search for undelivered callbacks in a log', () => {
  it('finds a body byte for byte, whatever is around it', () => {
    const parts = fc.record({
      body,
      before: fc.array(noise),
      after: fc.array(noise),
      prefix: fc.oneof(flyPrefix, noise),
      suffix: colour,
      wrap: fc.constantFrom(...wraps),
    });
    fc.assert(
      fc.property(parts, ({ body, before, after, prefix, suffix, wrap }) => {
        // A member of an object over several lines is looked at only if all of it is a callback.
        const line = wrap === wraps[3] ? `${body}${suffix}` : `${prefix}${body}${suffix}`;
        const log = [...before, wrap(line), ...after].join('\n');
        expect(searchLog(log).undelivered.map((found) => found.body)).toEqual([body]);
      }),
    );
  });

  it('finds it in the JSON log, too, however that is wrapped or written', () => {
    fc.assert(
      fc.property(body, fc.constantFrom(...wraps), fc.boolean(), (body, wrap, pretty) => {
        const [line = ''] = linesOf([{ event: 'callback.undelivered', body, reason: 'x' }], 'json');
        const log = pretty ? JSON.stringify(JSON.parse(line), null, 2) : wrap(line);
        expect(searchLog(log).undelivered.map((found) => found.body)).toEqual([body]);
      }),
    );
  });

  it('finds each body once, with the line of its first', () => {
    const one = '{"task_id":"t","batch_id":"b","status":"error","error":"x"}';
    const two = one.replace('"x"', '"y"');
    const { undelivered } = searchLog(['a', one, two, `  ${one}`].join('\r\n'));
    expect(undelivered).toMatchObject([
      { body: one, line: 2, payload: { task_id: 't' } },
      { body: two, line: 3 },
    ]);
  });

  it.each(['text', 'json'] as const)(
    'is not misled by keys that look like callbacks (%s)',
    (format) => {
      fc.assert(
        fc.property(body, fc.constantFrom(...wraps), (key, wrap) => {
          const events: TaskEvent[] = [
            { event: 'task.started', input_r2_key: `a/${key}` },
            { event: 'jpeg.uploaded', output_r2_key: key, ms: 1 },
            { event: 'page.uploaded', page: 2, output_r2_key: key, bytes: 1, ms: 1 },
            { event: 'warning', code: 'X', message: `${key} was not made from ${key}` },
            { event: 'note', code: 'X', message: `${key} is up to date` },
            {
              event: 'task.failed',
              code: 'UNEXPECTED',
              stage: 'download',
              error: `there is no object "${key}"`,
              answer: { status: 500, body: key },
            },
            {
              event: 'retry',
              stage: 'callback',
              attempt: 1,
              delay_ms: 1,
              reason: key,
              answer: { status: 500, body: key },
            },
          ];
          const lines = linesOf(events, format);
          expect(searchLog(lines.map(wrap).join('\n')).undelivered).toEqual([]);
          if (format === 'text') return;
          // As jq prints them.
          const pretty = lines.map((line) => JSON.stringify(JSON.parse(line), null, 2));
          expect(searchLog(pretty.join('\n')).undelivered).toEqual([]);
        }),
      );
    },
  );

  it('is not misled by a body whose key looks like another callback', () => {
    fc.assert(
      fc.property(body, (inner) => {
        const outer = escapeControls(
          JSON.stringify({
            task_id: 't',
            batch_id: 'b',
            status: 'error',
            error: inner.slice(0, 400),
          }),
        );
        expect(searchLog(outer).undelivered.map((found) => found.body)).toEqual([outer]);
        // Cut off, it is nothing.
        expect(searchLog(outer.slice(0, -3)).undelivered).toEqual([]);
      }),
    );
  });

  it.each(['text', 'json'] as const)(
    'knows which tasks have succeeded, and their TIFFs (%s)',
    (format) => {
      const lines = linesOf(
        [
          { event: 'task.started', input_r2_key: 'a/b c.tif' },
          { event: 'task.succeeded', ms: 5 },
        ],
        format,
      );
      for (const wrap of wraps) {
        const log = searchLog(lines.map(wrap).join('\n'));
        const of = { task_id: 'batch_1', batch_id: 'b' };
        expect(log.successOf(of)?.line).toBeGreaterThanOrEqual(2);
        const isCertain = format === 'json';
        expect(log.successOf({ ...of, inputKey: 'a/b c.tif' })).toMatchObject({ isCertain });
        expect(log.successOf({ ...of, inputKey: 'a/other.tif' })).toBeUndefined();
        expect(log.successOf({ ...of, task_id: 'atch_1' })).toBeUndefined();
      }
    },
  );

  it.each([
    ['is kept', '"arke-tiff callback pending" sends it'],
    ['is kept', 'this process sends it until 2026-11-30T10:00:00.000Z at the latest, then …'],
    ['stays', '"arke-tiff callback pending" sends it'],
    ['stays', nextStep({ error: 'x', answer: { status: 500, body: 'Task not found' } })],
  ])('knows where a callback was stored in an outbox: %s; %s', (verb, then) => {
    const message = `the callback ${verb} in the outbox as out box/pending/b/t/msg_1.json; ${then}`;
    for (const format of ['text', 'json'] as const) {
      const lines = linesOf([{ event: 'note', code: 'OUTBOX', message }], format);
      for (const wrap of wraps)
        expect(searchLog(lines.map(wrap).join('\n')).keptOf('msg_1')).toEqual({
          line: expect.any(Number),
          key: 'out box/pending/b/t/msg_1.json',
        });
    }
  });

  it.each([
    ['while attempts go on', { continues_ms: 60_000 }],
    ['when it was probably taken', { probably_taken: true }],
  ])('finds a body that is logged %s', (_, more) => {
    const undelivered = '{"task_id":"t","batch_id":"b","status":"error","error":"x"}';
    const event = {
      event: 'callback.undelivered',
      body: undelivered,
      reason: 'x',
      ...more,
    } as const;
    for (const format of ['text', 'json'] as const) {
      const lines = linesOf([event], format);
      expect(searchLog(lines.join('\n'))).toMatchObject({ undelivered: [{ body: undelivered }] });
      if (format === 'text') expect(searchLog(lines[0] ?? '').withoutBody).toEqual([1]);
    }
  });

  it('says where a body is missing, as when a log was cut', () => {
    const [told = '', body = ''] = linesOf(
      [
        {
          event: 'callback.undelivered',
          body: '{"task_id":"batch_1","batch_id":"b","status":"error","error":"x"}',
          reason: 'x',
        },
      ],
      'text',
    );
    expect(searchLog(`a\n${told}\n${body}`).withoutBody).toEqual([]);
    expect(searchLog(`a\n${told}\n${body.slice(0, 30)}`).withoutBody).toEqual([2]);
  });

  it.each([
    ['braces', '{"'.repeat(500_000)],
    ['commands to a terminal without an end', '\u001b]'.repeat(500_000)],
    ['the beginnings of its sequences', '\u001b[;'.repeat(500_000)],
    ['numbers for it', `\u001b[${'1;'.repeat(500_000)}`],
    ['blanks', `"message": "x"${' '.repeat(500_000)}y`],
  ])('ends soon on lines that are full of %s', (_, line) => {
    const start = performance.now();
    searchLog(line);
    // Looked at from each of them to the end, it would take minutes or hours.
    expect(performance.now() - start).toBeLessThan(60_000);
  });

  it('ends soon in the log of very many tasks', () => {
    const ids = Array.from({ length: 40_000 }, (_, i) => `batch_[${i}]`);
    const log = ids.flatMap((id) => [
      `[${id}] Starting TIFF conversion: ${id}.tif`,
      `[${id}] Callback not delivered; its body follows`,
      JSON.stringify({ task_id: id, batch_id: 'b', status: 'error', error: 'x' }),
      `[other-${id}] ✓ Success in 1 s`,
    ]);
    const start = performance.now();
    const found = searchLog(log.join('\n'));
    const keys = found.undelivered.map(({ inputKey }) => inputKey);
    const success = (id: string) => found.successOf({ task_id: id, batch_id: 'b' });
    const lines = ids.map((id) => success(`other-${id}`)?.line);
    const none = ids.filter((id) => success(id) !== undefined);
    const ms = performance.now() - start;
    expect(found.undelivered).toHaveLength(ids.length);
    expect(found.withoutBody).toEqual([]);
    expect(keys).toEqual(ids.map((id) => `${id}.tif`));
    expect(lines).toEqual(ids.map((_, i) => 4 * i + 4));
    expect(none).toEqual([]);
    // Each looked for in all lines, it would take minutes.
    expect(ms).toBeLessThan(60_000);
  });
});

describe('a log of TIFFs that share a task id', () => {
  const [one, two] = ['staging/b/plate1a.tif', 'staging/b/plate2B.tif'];
  const id = taskIdOfKey(one);
  const of = { task_id: id, batch_id: 'b' };
  const start = (key: string) => `[${id}] Starting TIFF conversion: ${key}`;
  const success = `[${id}] ✓ Success in 5ms`;
  const lost = (key: string) =>
    JSON.stringify({
      ...of,
      status: 'success',
      output_r2_key: key.replace('.tif', '.jpg'),
      output_file_name: 'x.jpg',
      output_file_size: 1,
    });

  it('knows the outcome of each, one after the other', () => {
    const log = searchLog([start(one), success, start(two), lost(two)].join('\n'));
    expect(log.successOf({ ...of, inputKey: one })).toEqual({ line: 2, isCertain: true });
    expect(log.successOf({ ...of, inputKey: two })).toBeUndefined();
    expect(log.undelivered).toMatchObject([{ inputKey: two }]);
  });

  it('is certain of neither if they ran at the same time', () => {
    const log = searchLog([start(one), start(two), success, lost(two)].join('\n'));
    for (const inputKey of [one, two])
      expect(log.successOf({ ...of, inputKey })).toEqual({ line: 3, isCertain: false });
    expect(log.undelivered).toMatchObject([{ inputKey: undefined }]);
  });

  it('ends soon, however many there are, and is certain of none', () => {
    const count = 100_000;
    const starts = Array.from({ length: count }, (_, i) => start(`staging/b/${i}.tif`));
    const begun = performance.now();
    const log = searchLog([...starts, success, lost(one)].join('\n'));
    // Compared with all that were started before it, each start would take minutes together.
    expect(performance.now() - begun).toBeLessThan(60_000);
    expect(log.successOf(of)).toEqual({ line: count + 1, isCertain: false });
    expect(log.undelivered).toMatchObject([{ inputKey: undefined }]);
  });

  it('is certain of a TIFF that was started again after its machine was lost', () => {
    const log = searchLog([start(one), start(one), success].join('\n'));
    expect(log.successOf({ ...of, inputKey: one })).toEqual({ line: 3, isCertain: true });
  });

  it('ignores other batches', () => {
    const log = searchLog([start(one), success].join('\n'));
    expect(log.successOf({ task_id: id, batch_id: 'c' })).toBeUndefined();
    // A log that begins in the middle does not say which TIFF it was.
    expect(searchLog(success).successOf({ ...of, inputKey: one })?.isCertain).toBe(false);
  });
});

describe('a callback that a log has as not delivered', () => {
  const id = 'tiff_tiff_1';
  const callback =
    '{"task_id":"tiff_tiff_1","batch_id":"b","status":"success","output_r2_key":"a.jpg","output_file_name":"a.jpg","output_file_size":1}';
  const to = 'The callback to http://127.0.0.1:9/callback/b/t';
  const started: TaskEvent = { event: 'task.started', input_r2_key: 'a.tif' };
  const undelivered = { event: 'callback.undelivered', body: callback, reason: 'x' } as const;
  const retry = (reason: string): TaskEvent => ({
    event: 'retry',
    stage: 'callback',
    attempt: 1,
    delay_ms: 5,
    reason,
  });
  const failed = (error: string): TaskEvent => ({
    event: 'task.failed',
    code: 'CALLBACK_FAILED',
    stage: 'callback',
    error,
  });
  const refused = `${to} was answered 503 Service Unavailable: the orchestrator failed.`;
  const noAnswer = `${to} failed: no answer within 10 s. Check it.`;
  const unconfirmedIn = (events: readonly TaskEvent[]) =>
    (['text', 'json'] as const).map((format) =>
      searchLog(linesOf(events, format, id).join('\n')).undelivered.map((one) => one.unconfirmed),
    );

  it.each<[string, readonly TaskEvent[]]>([
    ['was refused each time', [started, retry(refused), failed(refused), undelivered]],
    ['found nobody there', [retry(`${to} failed: connect ECONNREFUSED 127.0.0.1:9.`), undelivered]],
    [
      'was kept while attempts went on, and refused in the end',
      [started, { ...undelivered, continues_ms: 5 }, retry(refused), failed(refused)],
    ],
  ])('was not accepted when it %s', (_, events) => {
    expect(unconfirmedIn(events)).toEqual([[false], [false]]);
  });

  it.each<[string, readonly TaskEvent[]]>([
    ['an attempt had no answer', [retry(noAnswer), failed(refused), undelivered]],
    ['a gateway had none', [retry(`${to} was answered 504: it failed.`), undelivered]],
    ['the last attempt had no answer', [failed(noAnswer), undelivered]],
    [
      'the task was stopped',
      [failed(`${to} was not accepted within 2 s after SIGTERM.`), undelivered],
    ],
    ['the log says so', [failed(refused), { ...undelivered, probably_taken: true }]],
    ['attempts go on, and the log ends', [started, { ...undelivered, continues_ms: 5 }]],
    [
      'attempts went on when the task was started again',
      [started, { ...undelivered, continues_ms: 5 }, started, failed(refused), undelivered],
    ],
  ])('may have been accepted when %s', (_, events) => {
    expect(unconfirmedIn(events)).toEqual([[true], [true]]);
  });
});

function linesOf(events: readonly TaskEvent[], format: LogFormat, taskId = 'batch_1'): string[] {
  const lines: string[] = [];
  const log = createTaskLog({
    taskId,
    batchId: 'b',
    format,
    redact: (line) => line,
    write: (line) => lines.push(line),
  });
  for (const event of events) log(event);
  return lines;
}
