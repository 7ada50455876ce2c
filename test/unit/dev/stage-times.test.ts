import { describe, expect, it } from 'vitest';
import { followStages } from '../../../src/dev/stage-times.ts';

/** The stages that a log gives whose lines come 100 ms apart, of a worker that then ends. */
function stagesOf(...lines: string[]): string[] {
  const times = followStages(1000);
  lines.forEach((line, i) => {
    times.line(line, 1000 + (i + 1) * 100);
  });
  const stages = times.ended(1000 + (lines.length + 1) * 100);
  return stages.map(({ name, ms }) => `${name} ${ms}`);
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

  it('end with the worker where its callback was not taken', () => {
    const error = '[t] ✗ Error: The callback to http://… was answered 302';
    expect(stagesOf(START, DOWN, CONVERTED, UP, error)).toContain('callback 200');
  });

  it('are only those that were reached', () => {
    expect(stagesOf(START, '[t] ✗ Error: Failed to download TIFF: …')).toEqual(['start 100']);
    expect(stagesOf()).toEqual([]);
  });

  it('are not taken from lines that only look so', () => {
    const lines = ['[t] Warning: Downloaded 1.00 MB in 1ms', 'Converted to 1.00 MB in 1ms'];
    expect(stagesOf(START, ...lines)).toEqual(['start 100']);
  });

  it('have a key with anything in it', () => {
    expect(stagesOf(START, '[t] Uploaded to a in 3ms in 7ms')[1]).toBe('upload 7');
  });
});
