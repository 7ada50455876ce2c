import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entryText,
  isLeased,
  leased,
  outboxEntry,
  readOutboxEntry,
  released,
} from '../../../../src/lib/callback/outbox-entry.ts';
import { idOfBody } from '../../../../src/lib/callback/request.ts';

const at = new Date('2026-11-24T16:00:00Z');
const body = '{"task_id":"t","batch_id":"b","status":"error","error":"x"}';
const entry = entryFor('https://x.example/callback/b/t?token=s3cr3t#f');

function entryFor(url: string) {
  const settings = { url, secret: 'whsec_c2VjcmV0' };
  const request = { settings, body, id: idOfBody(body), userAgent: 'arke-tiff/1' };
  return outboxEntry(request, { error: 'down', inputKey: 'a/x.tif', at });
}
const read = (value: unknown) => readOutboxEntry(Buffer.from(JSON.stringify(value)));

describe('an entry of the outbox', () => {
  it('is not blocked by a lease that no drain can have written', () => {
    const hour = 3_600_000;
    const until = (ms: number) => leased(entry, 'somebody', new Date(at.getTime() + ms));
    expect(isLeased(until(hour), at)).toBe(true);
    expect(isLeased(until(3 * hour), at)).toBe(false);
    expect(isLeased(leased(entry, 'somebody', new Date('9999-01-01T00:00:00Z')), at)).toBe(false);
  });

  it('holds all that a delivery needs, and no secret', () => {
    expect(entry).toEqual({
      v: 1,
      url: 'https://x.example/callback/b/t',
      url_query: true,
      webhook_id: idOfBody(body),
      body,
      input_r2_key: 'a/x.tif',
      created_at: at.toISOString(),
      program: 'arke-tiff/1',
      error: 'down',
    });
  });

  it('is read as it was written, and what a later version adds is kept', () => {
    expect(readOutboxEntry(Buffer.from(entryText(entry)))).toMatchObject({
      entry,
      payload: { task_id: 't' },
    });
    expect(read({ ...entry, more: 1 })).toMatchObject({ entry: { more: 1 } });
  });

  it.each([
    ['not JSON', 'oh no', 'it is not JSON'],
    ['not text', Buffer.from([0xff, 0xfe, 0]), 'it is not JSON'],
    ['empty', '', 'it is not JSON'],
    ['something else', '[]', 'not a version 1 entry'],
    ['a later version', JSON.stringify({ ...entry, v: 2 }), 'not a version 1 entry: v'],
    ['without a body', JSON.stringify({ ...entry, body: undefined }), 'version 1 entry: body'],
    ['with an address that is none', JSON.stringify({ ...entry, url: 'file:///x' }), 'url'],
    [
      'with credentials in its address',
      JSON.stringify({ ...entry, url: 'https://a:b@x.example/' }),
      'url',
    ],
    [
      'with a body that is no callback',
      JSON.stringify({ ...entry, body: '{"task_id":"t"}' }),
      'does not match the contract',
    ],
    ['with a body that was cut', JSON.stringify({ ...entry, body: '{"task' }), 'not JSON'],
    [
      'with the id of another body',
      JSON.stringify({ ...entry, webhook_id: 'msg_x' }),
      'its webhook_id does not match its body',
    ],
  ])('is refused when it is %s', (_, text, problem) => {
    expect(readOutboxEntry(Buffer.from(text))).toContain(problem);
  });

  it('is never read from noise, and reading never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.jsonValue(), (bytes, value) => {
        expect(readOutboxEntry(bytes)).toBeTypeOf('string');
        expect(read(value)).toBeTypeOf('string');
      }),
    );
  });

  it('belongs to a drain until its lease expires or it is released', () => {
    const mine = leased(entry, 'me', new Date(at.getTime() + 1000));
    expect(isLeased(entry, at)).toBe(false);
    expect(isLeased(mine, at)).toBe(true);
    expect(isLeased(mine, new Date(at.getTime() + 1000))).toBe(false);
    expect(released(mine, { error: 'still down' })).toEqual({ ...entry, error: 'still down' });
  });

  it('has the last answer of the orchestrator, and no older one', () => {
    const [first, second] = [500, 404].map((status) => ({ status, body: 'no' }));
    const answered = released(entry, { error: 'down', answer: first });
    expect(read(answered)).toMatchObject({ entry: { answer: first } });
    expect(released(answered, { error: 'x', answer: second }).answer).toEqual(second);
    const elsewhere = released(answered, {
      error: 'x',
      answer: second,
      answerUrl: 'https://y.example/',
    });
    expect(elsewhere.answer_url).toBe('https://y.example/');
    expect(released(elsewhere, { error: 'x', answer: first })).not.toHaveProperty('answer_url');
    expect(released(answered, { error: 'silent' })).not.toHaveProperty('answer');
  });
});
