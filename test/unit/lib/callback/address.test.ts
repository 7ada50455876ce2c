import { describe, expect, it } from 'vitest';
import {
  addressOfEntry,
  addressOfTask,
  isForAllTasks,
} from '../../../../src/lib/callback/address.ts';
import type { OutboxEntry } from '../../../../src/lib/callback/outbox-entry.ts';

const task = { task_id: 't/1 ü', batch_id: 'b' };
const FOR_ALL = 'https://x.example/cb/{batch_id}/{task_id}?token=1';
const own = 'https://x.example/cb/b/1';

function entry(more: Partial<OutboxEntry> = {}): OutboxEntry {
  return {
    v: 1,
    url: own,
    url_query: false,
    webhook_id: 'msg_1',
    body: '{}',
    created_at: '2026-11-24T16:00:00Z',
    program: 'arke-tiff/1',
    error: 'x',
    ...more,
  } as OutboxEntry;
}

describe('an address for all tasks', () => {
  it('has placeholders for the ids, which are encoded', () => {
    expect(isForAllTasks(FOR_ALL)).toBe(true);
    expect(isForAllTasks(own)).toBe(false);
    expect(addressOfTask(FOR_ALL, task)).toBe('https://x.example/cb/b/t%2F1%20%C3%BC?token=1');
  });
});

describe('an entry of the outbox is sent', () => {
  const one = { url: undefined, origins: [], severalTasks: true };
  const to = (more: Partial<Parameters<typeof addressOfEntry>[2]>, of = entry()) =>
    addressOfEntry(of, task, { ...one, ...more });

  it('to the address for all tasks, whatever it names itself', () => {
    const planted = entry({ url: 'https://stranger.example/' });
    expect(to({ url: FOR_ALL }, planted)).toEqual({ url: addressOfTask(FOR_ALL, task) });
  });

  it('to the one address, if it is the only task, or has named that address', () => {
    const other = 'https://new.example/cb/b/1?token=1';
    expect(to({ url: other, severalTasks: false })).toEqual({ url: other });
    expect(to({ url: `${own}?token=1` })).toEqual({ url: `${own}?token=1` });
    expect(to({ url: other })).toMatch(/belongs to one task/);
  });

  it('to its own address, if its origin is allowed', () => {
    expect(to({ origins: ['https://y.example', 'https://x.example'] })).toEqual({
      url: own,
      urlName: 'the address in the outbox',
    });
    expect(to({})).toMatch(/not allowed: use --allow-origin https:\/\/x.example/);
  });

  it.each([
    'https://stranger.example/cb',
    'http://x.example/cb',
    'https://x.example:8443/cb',
    'https://x.example.stranger.example/cb',
  ])('not to an unknown address: %s', (url) => {
    expect(to({ origins: ['https://x.example'] }, entry({ url }))).toMatch(/not allowed/);
  });

  it('not without the query that its address had', () => {
    const cut = entry({ url_query: true });
    expect(to({ origins: ['https://x.example'] }, cut)).toMatch(/query of its address/);
    expect(to({ url: FOR_ALL }, cut)).toHaveProperty('url');
  });
});
