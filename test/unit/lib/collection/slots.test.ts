import { describe, expect, it } from 'vitest';
import { createSlots } from '../../../../src/lib/collection/slots.ts';

describe('slots', () => {
  it('let so many in at once, and the others in their order', async () => {
    const slots = createSlots(2);
    const begun: number[] = [];
    const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
    const works = ends.map(({ promise }, i) =>
      slots.within(() => {
        begun.push(i);
        return promise;
      }),
    );
    await Promise.resolve();
    expect(begun).toEqual([0, 1]);
    ends[1]?.resolve();
    await works[1];
    await Promise.resolve();
    expect(begun).toEqual([0, 1, 2]);
    for (const { resolve } of ends) resolve();
    await Promise.all(works);
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  it('are free again after work that failed, and give its error', async () => {
    const slots = createSlots(1);
    const failed = slots.within(() => Promise.reject(new Error('no')));
    await expect(failed).rejects.toThrow('no');
    expect(await slots.within(async () => 'yes')).toBe('yes');
  });
});
