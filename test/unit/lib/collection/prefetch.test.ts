import { describe, expect, it } from 'vitest';
import type { CollectionEvent, FileRecord } from '../../../../src/lib/collection/events.ts';
import type { DueItem } from '../../../../src/lib/collection/item.ts';
import { startPrefetch } from '../../../../src/lib/collection/prefetch.ts';
import { until } from '../../../support/until.ts';

/** An item that comes, or does not, when the test says so. */
function item(input: string) {
  const way = Promise.withResolvers<void>();
  const source = { input, output: `${input}.jpg`, source_bytes: 7, kind: undefined, pixels: 1 };
  const due = { status: 'due', source, peakBytes: 1, bring: () => way.promise } as const;
  return { ...way, due: due as unknown as DueItem };
}

/** Arrivals of at most so many, and what was told of them. */
function prefetchOf(most: number, signal = new AbortController().signal) {
  const arrived: string[] = [];
  const failures: FileRecord[] = [];
  const events: CollectionEvent[] = [];
  const prefetch = startPrefetch(most, {
    signal,
    tell: (event) => events.push(event),
    arrived: ({ source }) => arrived.push(source.input),
    failed: (record) => failures.push(record),
    onChange: () => {},
  });
  const coming = () =>
    events.flatMap((event) => (event.event === 'file.downloading' ? event.input : []));
  return { prefetch, arrived, failures, events, coming };
}

describe('TIFFs that are downloaded ahead', () => {
  it('are limited in number, and wait for their turn', async () => {
    const { prefetch, arrived, coming } = prefetchOf(2);
    const [a, b, c] = [item('a'), item('b'), item('c')];
    for (const { due } of [a, b, c]) prefetch.expect(due);
    expect(coming()).toEqual(['a', 'b']);
    b.resolve();
    await until(() => arrived.length === 1);
    expect(coming()).toEqual(['a', 'b']);
    expect(prefetch.waiting()).toBe(1);
    prefetch.started(b.due);
    expect(coming()).toEqual(['a', 'b', 'c']);
    a.resolve();
    c.resolve();
    await prefetch.settled();
    expect(arrived).toEqual(['b', 'a', 'c']);
    expect(prefetch.isIdle()).toBe(true);
  });

  it('make room for the next when they fail', async () => {
    const { prefetch, failures, coming } = prefetchOf(1);
    const [a, b] = [item('a'), item('b')];
    prefetch.expect(a.due);
    prefetch.expect(b.due);
    a.reject(new Error('lost'));
    await until(() => coming().length === 2);
    expect(failures).toMatchObject([
      { input: 'a', status: 'failed', error: { code: 'UNEXPECTED' } },
    ]);
    b.resolve();
    await prefetch.settled();
  });

  it('are no longer waited for, and do not count as failed, when the run is stopped', async () => {
    const controller = new AbortController();
    const { prefetch, failures, coming } = prefetchOf(1, controller.signal);
    const [a, b] = [item('a'), item('b')];
    prefetch.expect(a.due);
    prefetch.expect(b.due);
    controller.abort();
    a.reject(controller.signal.reason);
    await prefetch.settled();
    expect(coming()).toEqual(['a']);
    expect(failures).toEqual([]);
  });
});
