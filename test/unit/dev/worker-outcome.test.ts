import { describe, expect, it } from 'vitest';
import { outcomeOfBody, outcomeOfLog } from '../../../src/dev/worker-outcome.ts';

const success = '{"task_id":"t","status":"success","output_r2_key":"a.jpg","output_file_size":9}';

describe('what a callback says of its task', () => {
  it.each([
    [success, { output_key: 'a.jpg', jpeg_bytes: 9, error: null }],
    ['{"status":"error","error":"Lost"}', { output_key: null, jpeg_bytes: null, error: 'Lost' }],
    ['{"status":"success"}', { output_key: null, jpeg_bytes: null, error: null }],
    ['{"status":"done"}', undefined],
    ['null', undefined],
    ['7', undefined],
    ['no JSON', undefined],
  ])('%s', (body, expected) => {
    expect(outcomeOfBody(body)).toEqual(expected);
  });
});

describe('what a log says of its task', () => {
  it('is its last error, and the payload that was not accepted', () => {
    expect(
      outcomeOfLog(['[t] ✗ Error: answered 302', '[t] Callback not delivered', success]),
    ).toEqual({ output_key: 'a.jpg', jpeg_bytes: 9, error: 'answered 302' });
  });

  it('is nothing where there is no error in it', () => {
    expect(outcomeOfLog(['[t] Starting', '[t] ✓ Success in 3ms'])).toBeUndefined();
  });
});
