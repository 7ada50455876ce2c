import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { searchLog } from '../../../../src/lib/callback/log-search.ts';
import { createTaskLog, type LogFormat, type TaskEvent } from '../../../../src/lib/log.ts';
import { escapeControls } from '../../../../src/lib/redact.ts';

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
              code: 'X',
              stage: 'download',
              error: `there is no object "${key}"`,
            },
            { event: 'retry', stage: 'upload', attempt: 1, delay_ms: 1, reason: key },
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

  it('takes a body whose key looks like another callback as the one that it is', () => {
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
        expect(log.successLine('batch_1')).toBeGreaterThanOrEqual(2);
        expect(log.inputKey('batch_1')).toBe('a/b c.tif');
        expect(log.successLine('atch_1')).toBeUndefined();
        expect(log.inputKey('other')).toBeUndefined();
      }
    },
  );

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
    const keys = ids.map((id) => found.inputKey(id));
    const lines = ids.map((id) => found.successLine(`other-${id}`));
    const none = ids.filter((id) => found.successLine(id) !== undefined);
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

function linesOf(events: readonly TaskEvent[], format: LogFormat): string[] {
  const lines: string[] = [];
  const log = createTaskLog({
    taskId: 'batch_1',
    batchId: 'b',
    format,
    redact: (line) => line,
    write: (line) => lines.push(line),
  });
  for (const event of events) log(event);
  return lines;
}
