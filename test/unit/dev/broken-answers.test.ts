import { describe, expect, it } from 'vitest';
import { answeredRange, createBrokenAnswers } from '../../../src/dev/broken-answers.ts';

const range = (start: number, end: number, key = 'k') => ({ key, start, end });

describe('an answer breaks off', () => {
  it('in its middle, and the rest is complete when requested', () => {
    const broken = createBrokenAnswers();
    expect(broken.breaksAfter(range(0, 99))).toBe(50);
    expect(broken.breaksAfter(range(50, 99))).toBeUndefined();
  });

  it('again, when all of it is requested again', () => {
    const broken = createBrokenAnswers();
    broken.breaksAfter(range(0, 99));
    expect(broken.breaksAfter(range(0, 99))).toBe(50);
    expect(broken.breaksAfter(range(30, 99))).toBeUndefined();
  });

  it('whatever becomes of other ranges and objects', () => {
    const broken = createBrokenAnswers();
    broken.breaksAfter(range(0, 99));
    expect(broken.breaksAfter(range(50, 149))).toBe(50);
    expect(broken.breaksAfter(range(50, 99, 'other'))).toBe(25);
  });

  it('but not one of a single byte', () => {
    expect(createBrokenAnswers().breaksAfter(range(7, 7))).toBeUndefined();
  });
});

describe('the range of an answer', () => {
  it.each([
    [206, { 'content-range': 'bytes 5-9/20', 'content-length': '5' }, range(5, 9)],
    [200, { 'content-length': '20' }, range(0, 19)],
    [200, { 'content-length': '0' }, undefined],
    [200, {}, undefined],
    [404, { 'content-length': '20' }, undefined],
    [206, {}, undefined],
  ])('of %i with %j', (status, headers, expected) => {
    expect(answeredRange('k', status, headers)).toEqual(expected);
  });
});
