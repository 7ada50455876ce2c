import { describe, expect, it } from 'vitest';
import { planText } from '../../../src/lib/plan-words.ts';

describe('what a plan says', () => {
  const plan = { effort: 'max', turn: 'none', reader: 'sharp', feature: '', reason: 'it fits' };
  const cost = { memoryBytes: 200.4 * 1024 * 1024, cpuSeconds: 1.5 };

  it.each([
    [{}, 'max (it fits)'],
    [{ turn: 'tag' }, 'max, turned by a tag (it fits)'],
    [{ reader: 'magick', feature: 'JBIG' }, 'max, read by ImageMagick for its JBIG (it fits)'],
  ])('is how, why and at what cost: %j', (changes, way) => {
    expect(planText({ ...plan, ...cost, ...changes })).toBe(
      `${way}; predicted 200 MB and 1.50 CPU-s`,
    );
  });

  it('is why there is none', () => {
    expect(planText({ error: { message: 'No.' } })).toBe('none: it would fail: No.');
  });
});
