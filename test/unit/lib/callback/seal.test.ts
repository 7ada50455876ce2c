import { describe, expect, it } from 'vitest';
import type { DeliveredMark } from '../../../../src/lib/callback/delivered-mark.ts';
import type { OutboxEntry } from '../../../../src/lib/callback/outbox-entry.ts';
import { signature } from '../../../../src/lib/callback/request.ts';
import { isSeal, sealOfEntry, sealOfMark } from '../../../../src/lib/callback/seal.ts';

const secret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
const key = 'arke-outbox/pending/b/t/msg_1.json';
const entry: OutboxEntry = {
  v: 1,
  url: 'https://x.example/callback',
  url_query: false,
  webhook_id: 'msg_1',
  body: '{}',
  input_r2_key: 'a/x.tif',
  created_at: '2026-11-24T16:00:00.000Z',
  program: 'arke-tiff/1',
  error: 'down',
};
const mark: DeliveredMark = {
  v: 1,
  webhook_id: 'msg_1',
  body_sha256: 'abc',
  delivered_at: '2026-11-24T16:00:00.000Z',
};

describe('the seal of an entry', () => {
  const sealed = sealOfEntry(secret, key, entry);

  it('covers content and address, and nothing else', () => {
    const { input_r2_key: _, ...unknownInput } = entry;
    const others = [
      sealOfEntry(`${secret.slice(0, -4)}AAAA`, key, entry),
      sealOfEntry(secret, 'arke-outbox/pending/b/t/msg_2.json', entry),
      ...[
        { ...entry, url: 'https://y.example/callback' },
        { ...entry, url_query: true },
        { ...entry, webhook_id: 'msg_2' },
        { ...entry, body: '{ }' },
        { ...entry, input_r2_key: 'a/y.tif' },
        unknownInput,
        // The same characters, cut elsewhere.
        { ...entry, url: `${entry.url}f`, webhook_id: entry.webhook_id.slice(1) },
      ].map((other) => sealOfEntry(secret, key, other)),
    ];
    expect(new Set([sealed, ...others]).size).toBe(others.length + 1);
    for (const other of others) expect(isSeal(other, sealed)).toBe(false);
    expect(isSeal(undefined, sealed)).toBe(false);
    expect(isSeal(sealed, sealed)).toBe(true);
  });

  it('does not change with what drains rewrite', () => {
    const lease = { owner: 'drain', until: '2026-11-24T16:02:00.000Z' };
    expect(sealOfEntry(secret, key, { ...entry, lease, error: 'still down', seal: 'x' })).toBe(
      sealed,
    );
  });

  it('is not valid as the signature of a callback, or as the seal of a mark', () => {
    const at = new Date('2026-11-24T16:00:00Z');
    expect(signature(secret, { id: 'msg_1', body: '{}' }, at)).not.toContain(sealed);
    expect(sealOfMark(secret, key, mark)).not.toBe(sealed);
  });
});

it('the seal of a mark covers all of it', () => {
  const seals = [
    sealOfMark(secret, key, mark),
    sealOfMark(secret, 'elsewhere', mark),
    sealOfMark(secret, key, { ...mark, body_sha256: 'abd' }),
    sealOfMark(secret, key, { ...mark, delivered_at: '2026-11-24T16:00:01.000Z' }),
  ];
  expect(new Set(seals).size).toBe(seals.length);
});
