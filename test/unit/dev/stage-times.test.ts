import { describe, expect, it } from 'vitest';
import { followStages } from '../../../src/dev/stage-times.ts';

/** The stages that a log gives whose lines come 100 ms apart, of a worker that then ends. */
function stagesOf(...lines: string[]): string[] {
  const times = followStages(1000);
  lines.forEach((line, i) => {
    times.line(line, 1000 + (i + 1) * 100);
  });
  const stages = times.ended(1000 + (lines.length + 1) * 100);
  return stages.map(({ name, ms, failed }) => `${name} ${ms}${failed ? ' failed' : ''}`);
}

const [START, DOWN, CONVERTED, UP, SUCCESS] = [
  '[t] Starting TIFF conversion: a/b.tif',
  '[t] Downloaded 17.35 MB in 127ms',
  '[t] Converted to 0.83 MB in 642ms',
  '[t] Uploaded to a/b.jpg in 23ms',
  '[t] ✓ Success in 798ms',
];

describe('the stages of a worker', () => {
  it('are those of the contract’s lines, and what lies before and after them', () => {
    expect(stagesOf(START, DOWN, CONVERTED, UP, SUCCESS)).toEqual([
      ...['start 100', 'download 127', 'convert 642', 'upload 23', 'callback 100'],
    ]);
  });

  it('end with the worker if its callback was refused', () => {
    const error = '[t] ✗ Error: The callback to http://… was answered 302';
    expect(stagesOf(START, DOWN, CONVERTED, UP, error).at(-1)).toBe('callback 200 failed');
  });

  it('mark the one that the worker failed in, and go on with the callback', () => {
    const error = '[t] ✗ Error: "a/b.tif" cannot be decoded: …';
    expect(stagesOf(START, DOWN, error)).toEqual([
      ...['start 100', 'download 127', 'convert 100 failed', 'callback 100'],
    ]);
    expect(stagesOf(START, error)).toEqual(['start 100', 'download 100 failed', 'callback 100']);
    expect(stagesOf(error)).toEqual(['start 100 failed', 'callback 100']);
  });

  it('mark the one in which the worker ended without a word', () => {
    expect(stagesOf(START, DOWN)).toEqual(['start 100', 'download 127', 'convert 100 failed']);
    expect(stagesOf()).toEqual(['start 100 failed']);
  });

  it('are only those that a task needed which found its JPEG there', () => {
    expect(stagesOf(START, SUCCESS)).toEqual(['start 100']);
  });

  it('are not read from lines that only look similar', () => {
    const lines = ['[t] Warning: Downloaded 1.00 MB in 1ms', 'Converted to 1.00 MB in 1ms'];
    expect(stagesOf(START, ...lines, SUCCESS)).toEqual(['start 100']);
  });

  it('have a key with anything in it', () => {
    expect(stagesOf(START, '[t] Uploaded to a in 3ms in 7ms')[1]).toBe('upload 7');
  });
});
