import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MAX_ERROR_LENGTH,
  payloadProblems,
  toErrorText,
} from '../../../../src/lib/callback/payload.ts';

/** Of all characters, also those of two UTF-16 units. */
const unit = 'binary';
const text = fc.string({ unit, minLength: 1 });
const ms = fc.nat();
const performance = fc.record({
  total_time_ms: ms,
  download_time_ms: ms,
  conversion_time_ms: ms,
  upload_time_ms: ms,
});
const success = fc.record(
  {
    task_id: text,
    batch_id: text,
    status: fc.constant('success'),
    output_r2_key: text,
    output_file_name: text.filter((name) => !name.includes('/')),
    output_file_size: fc.integer({ min: 1 }),
    performance,
  },
  {
    requiredKeys: [
      'task_id',
      'batch_id',
      'status',
      'output_r2_key',
      'output_file_name',
      'output_file_size',
    ],
  },
);
const failure = fc.record({
  task_id: text,
  batch_id: text,
  status: fc.constant('error'),
  error: fc.string({ unit, minLength: 1, maxLength: MAX_ERROR_LENGTH, size: 'max' }),
});
const valid = fc.oneof(success, failure);
/** Errors about as long as they may be: some of them too long. */
const edge = fc
  .tuple(failure, fc.constantFrom('x', 'é', '漢', '😀', '\ud83d'), fc.integer({ min: -3, max: 3 }))
  .map(([payload, char, more]) => ({ ...payload, error: char.repeat(MAX_ERROR_LENGTH + more) }));

/** A valid payload with one thing changed that the contract does not allow. */
const invalid = fc
  .tuple(valid, fc.constantFrom('drop', 'add', 'empty', 'type'), fc.nat())
  .map(([payload, how, pick]): Record<string, unknown> => {
    const names = Object.keys(payload).filter((name) => name !== 'performance');
    const name = names[pick % names.length] ?? 'task_id';
    if (how === 'drop')
      return Object.fromEntries(Object.entries(payload).filter(([n]) => n !== name));
    if (how === 'add') return { ...payload, webhook_id: 'x' };
    return {
      ...payload,
      [name]: how === 'empty' ? (name === 'output_file_size' ? 0 : '') : [name],
    };
  });

const schemaFile = new URL('../../../../dist/callback-payload.schema.json', import.meta.url);
const validate = new Ajv({ strict: true }).compile(JSON.parse(readFileSync(schemaFile, 'utf8')));

describe('the callback’s schema', () => {
  it('accepts every payload of the contract', () => {
    fc.assert(fc.property(valid, (payload) => payloadProblems(payload).length === 0));
  });

  it('refuses every payload with a field missing, added, empty or of another type', () => {
    fc.assert(fc.property(invalid, (payload) => payloadProblems(payload).length > 0));
  });

  it('names the field that is wrong', () => {
    const payload = { task_id: 't', batch_id: 'b', status: 'error', error: 'x'.repeat(501) };
    expect(payloadProblems(payload)).toEqual([expect.stringContaining('error: ')]);
    expect(payloadProblems({ status: 'error' })).toHaveLength(3);
    expect(payloadProblems('text')).toHaveLength(1);
  });

  it('accepts the same as the package’s JSON Schema', () => {
    fc.assert(
      fc.property(fc.oneof(valid, invalid, edge), (payload) => {
        return validate(payload) === (payloadProblems(payload).length === 0);
      }),
    );
  });
});

describe('an error’s text', () => {
  it('is one line, never empty, never longer than allowed, never half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 700 }), (message) => {
        const error = toErrorText(message);
        return (
          error.length > 0 &&
          [...error].length <= MAX_ERROR_LENGTH &&
          !/[\r\n]/.test(error) &&
          error.isWellFormed()
        );
      }),
    );
  });

  it.each(['x', '😀', '漢'])(
    'keeps stage and remedy of a message that is too long, whole to the last character: of %s',
    (char) => {
      const key = char.repeat(1024);
      const error = toErrorText(`Failed to read "${key}" in the bucket "b". Check R2_BUCKET.`);
      expect(error).toMatch(/^Failed to read "(.+)…(.+)" in the bucket "b". Check R2_BUCKET\.$/);
      expect([...error]).toHaveLength(MAX_ERROR_LENGTH);
      expect(error.isWellFormed()).toBe(true);
    },
  );
});
