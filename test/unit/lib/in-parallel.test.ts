import { describe, expect, it } from 'vitest';
import { inParallel } from '../../../src/lib/in-parallel.ts';

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('work in parallel', () => {
  it('is never more than the limit at once, and gives its results in order', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel(
      [5, 1, 4, 2, 3],
      async (turns) => {
        most = Math.max(most, ++running);
        for (let i = 0; i < turns; i++) await nextTurn();
        running--;
        return turns * 10;
      },
      { limit: 2 },
    );
    expect(results).toEqual([50, 10, 40, 20, 30]);
    expect(most).toBe(2);
  });

  it('of nothing is nothing', async () => {
    expect(
      await inParallel([], () => Promise.reject(new Error('not called')), { limit: 4 }),
    ).toEqual([]);
  });

  it('ends with the first failure, once nobody works any more, and begins nothing new', async () => {
    const begun: string[] = [];
    const ended: string[] = [];
    const failing = inParallel(
      ['slow', 'fails', 'never'],
      async (name, signal) => {
        begun.push(name);
        await nextTurn();
        if (name === 'fails') throw new Error('first');
        while (!signal.aborted) await nextTurn();
        await nextTurn();
        ended.push(name);
        throw new Error('second');
      },
      { limit: 2 },
    );
    await expect(failing).rejects.toThrow('first');
    expect({ begun, ended }).toEqual({ begun: ['slow', 'fails'], ended: ['slow'] });
  });

  it.each([['before it began'], ['under way']])(
    'ends with the reason when it is aborted %s',
    async (when) => {
      const controller = new AbortController();
      const reason = new Error('enough');
      if (when === 'before it began') controller.abort(reason);
      const working = inParallel(
        [1],
        async (_, signal) => {
          controller.abort(reason);
          signal.throwIfAborted();
        },
        { limit: 1, signal: controller.signal },
      );
      await expect(working).rejects.toBe(reason);
    },
  );
});
