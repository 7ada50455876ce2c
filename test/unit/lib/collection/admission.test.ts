import { describe, expect, it } from 'vitest';
import { createAdmission, MOST_OVERTAKING } from '../../../../src/lib/collection/admission.ts';

/** All that may begin now. */
function admitted<T>(admission: ReturnType<typeof createAdmission<T>>) {
  const all = [];
  for (let one = admission.next(); one; one = admission.next()) all.push(one);
  return all;
}

describe('jobs that wait for memory', () => {
  it('start in order, as many as --jobs says', () => {
    const admission = createAdmission<string>({ jobs: 2, memoryBytes: 1_000 });
    for (const job of ['a', 'b', 'c']) admission.wait(job, 10);
    const [a, b] = admitted(admission);
    expect([a?.job, b?.job]).toEqual(['a', 'b']);
    expect(admission.next()).toBeUndefined();
    a?.release();
    expect(admission.next()?.job).toBe('c');
  });

  it('start only when their peaks fit together, and may plan with what the others leave', () => {
    const admission = createAdmission<string>({ jobs: 9, memoryBytes: 100 });
    admission.wait('a', 60);
    admission.wait('b', 30);
    admission.wait('c', 11);
    const begun = admitted(admission);
    expect(begun.map(({ job, memoryBytes }) => [job, memoryBytes])).toEqual([
      ['a', 100],
      ['b', 40],
    ]);
    begun[0]?.release();
    expect(admission.next()).toMatchObject({ job: 'c', memoryBytes: 70 });
  });

  it('get more memory while they run, but never before those that wait', () => {
    const admission = createAdmission<string>({ jobs: 3, memoryBytes: 100 });
    admission.wait('a', 40);
    admitted(admission);
    const more = admission.further(40);
    expect(more?.memoryBytes).toBe(60);
    expect(admission.further(30)).toBeUndefined();
    admission.wait('b', 30);
    expect(admission.next()).toBeUndefined();
    more?.release();
    expect(admission.further(10)).toBeUndefined();
    expect(admission.next()?.job).toBe('b');
    admission.further(10);
    // As many as are asked for, whoever they are of.
    expect(admission.further(1)).toBeUndefined();
  });

  it('start alone when they never fit', () => {
    const admission = createAdmission<string>({ jobs: 9, memoryBytes: 100 });
    admission.wait('giant', 500);
    const [giant] = admitted(admission);
    expect(giant).toMatchObject({ job: 'giant', memoryBytes: 500 });
    admission.wait('small', 1);
    expect(admission.next()).toBeUndefined();
    giant?.release();
    expect(admission.next()?.job).toBe('small');
  });

  it('overtake a giant that does not fit yet, but only so often', () => {
    const admission = createAdmission<string>({ jobs: 2, memoryBytes: 100 });
    admission.wait('first', 10);
    let [running] = admitted(admission);
    admission.wait('giant', 100);
    for (let i = 0; i < 2 * MOST_OVERTAKING; i++) admission.wait(`small ${i}`, 10);
    const begun: string[] = [];
    // A small one runs all the time, so that the giant's room never comes about by itself.
    for (let next = admission.next(); next; next = admission.next()) {
      begun.push(next.job);
      running?.release();
      running = next;
    }
    expect(begun).toEqual(Array.from({ length: MOST_OVERTAKING }, (_, i) => `small ${i}`));
    running?.release();
    expect(admission.next()?.job).toBe('giant');
  });

  it.each([Number.NaN, 0, -1, Number.POSITIVE_INFINITY])('are refused with %d bytes', (bytes) => {
    const admission = createAdmission<string>({ jobs: 2, memoryBytes: 100 });
    expect(() => admission.wait('a bug', bytes)).toThrow(RangeError);
    expect([admission.waiting(), admission.taken()]).toEqual([0, 0]);
  });

  it.each([
    { jobs: Number.NaN, memoryBytes: 100 },
    { jobs: 2, memoryBytes: Number.NaN },
  ])('are not started within %o', (limits) => {
    expect(() => createAdmission(limits)).toThrow(RangeError);
  });
});
