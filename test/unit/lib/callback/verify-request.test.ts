import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { callbackHeaders } from '../../../../src/lib/callback/request.ts';
import { readStoredRequest } from '../../../../src/lib/callback/stored-request.ts';
import { verifyRequest } from '../../../../src/lib/callback/verify-request.ts';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;
const at = new Date('2026-11-24T16:00:00Z');
const body = '{"task_id":"t","status":"error","error":"a\\n\\nb"}';

/**
 * What our library sends, by the headers that Standard Webhooks' own library makes and verifies.
 */
function headersOf(text: string): Record<string, string> {
  const headers = callbackHeaders(
    { settings: { url: 'https://x.example/', secret }, body: text, id: 'msg_1', userAgent: 'a/1' },
    at,
  );
  expect(headers['webhook-signature']).toBe(new Webhook(secret).sign('msg_1', at, text));
  return headers;
}

function asHttp(headers: Record<string, string>, text: string, end = '\n'): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [...lines, '', text].join(end);
}

function verify(stored: string, { now = at, toleranceSeconds = 300, by = secret } = {}) {
  const request = readStoredRequest(stored);
  if (!request) throw new Error('This is no stored request.');
  const checks = verifyRequest(request, { secret: by, now, toleranceSeconds });
  return Object.fromEntries(checks.map(({ header, ok, says }) => [header, ok || says]));
}

const allGood = { 'webhook-id': true, 'webhook-timestamp': true, 'webhook-signature': true };

describe('a stored request', () => {
  const headers = headersOf(body);

  it.each([
    ['HTTP', `POST /callback/b/t HTTP/1.1\r\n${asHttp(headers, body, '\r\n')}`],
    ['HTTP without a request line', asHttp(headers, body)],
    ['HTTP that an editor has given a line end', `${asHttp(headers, body)}\n`],
    [
      'HTTP with a length and more after it',
      `Content-Length: ${body.length}\n${asHttp(headers, body)}\n\nmore`,
    ],
    [
      'what --dry-run prints',
      `POST https://x.example/\n${asHttp(headers, body)}\n\ncurl -i -X POST 'x'\n`,
    ],
    ['JSON', JSON.stringify({ headers, body })],
    [
      'JSON of a recorder, with names in lower case',
      JSON.stringify({
        at: 'now',
        headers: Object.fromEntries(Object.entries(headers).map(([n, v]) => [n.toLowerCase(), v])),
        body,
      }),
    ],
  ])('is verified as %s', (_, stored) => {
    expect(verify(stored)).toEqual(allGood);
  });

  // Of this body the signature begins with what looks like a version.
  it('is verified by a signature that looks like two', () => {
    const text = '𳆫񂉸򆆢򫞚';
    const sent = headersOf(text);
    expect(sent['webhook-signature']).toMatch(/^v1,v\d/);
    expect(verify(JSON.stringify({ headers: sent, body: text }))).toEqual(allGood);
  });

  it('is verified whatever its body is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const sent = headersOf(text.toWellFormed());
        expect(verify(asHttp(sent, text.toWellFormed()))).toEqual(allGood);
        expect(verify(JSON.stringify({ headers: sent, body: text.toWellFormed() }))).toEqual(
          allGood,
        );
      }),
    );
  });

  it.each(['', 'nothing of the kind', '{"headers":1,"body":"x"}', '[]', 'null', 'a b\n\nc'])(
    'is none: %j',
    (text) => {
      expect(readStoredRequest(text)).toBeUndefined();
    },
  );
});

describe('a stored request that is full of blanks', () => {
  const blanks = ' '.repeat(500_000);

  it.each([
    ['in a header', `a: x${blanks}y\n\n`, ''],
    ['in the command after its body', '', `\n\ncurl ${blanks}\u0001\nx`],
  ])('is read soon: %s', (_, before, after) => {
    const start = performance.now();
    const request = readStoredRequest(`${before || 'a: b\n\n'}${body}${after}`);
    expect(request?.bodies[0]).toBe(`${body}${after}`);
    // Looked at from each of them to the end, it would take minutes.
    expect(performance.now() - start).toBeLessThan(60_000);
  });
});

describe('what is wrong with a request is said for each header', () => {
  const headers = headersOf(body);
  const without = (name: string) =>
    Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name));

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('%s is missing', (name) => {
    expect(verify(asHttp(without(name), body))[name]).toMatch(/^is missing/);
  });

  it.each([
    [{ 'webhook-timestamp': 'yesterday' }, 'webhook-timestamp', /"yesterday", not a number/],
    [{ 'webhook-timestamp': '9'.repeat(13) }, 'webhook-timestamp', /not a number of seconds/],
    [{ 'webhook-signature': 'v2,abc' }, 'webhook-signature', /no version 1 signature/],
    [{ 'webhook-signature': 'v1,abc' }, 'webhook-signature', /does not match/],
    [{ 'webhook-id': 'msg_2' }, 'webhook-signature', /does not match/],
  ])('%j', (change, header, says) => {
    expect(verify(asHttp({ ...headers, ...change }, body))[header]).toMatch(says);
  });

  it('a body or a secret that is another one', () => {
    const wrong = /does not match id, timestamp and body/;
    expect(verify(asHttp(headers, `${body} `))['webhook-signature']).toMatch(wrong);
    const by = `whsec_${Buffer.from('another').toString('base64')}`;
    expect(verify(asHttp(headers, body), { by })['webhook-signature']).toMatch(wrong);
  });

  it('one of several signatures is enough, as when a secret is changed', () => {
    const signatures = `v1,b2xk v1a,x ${headers['webhook-signature']}`;
    expect(verify(asHttp({ ...headers, 'webhook-signature': signatures }, body))).toEqual(allGood);
  });

  it.each([
    [301, 300, /301 s ago: more than the allowed 300 s/],
    [-301, 300, /301 s from now: more than the allowed 300 s/],
    [300, 300, undefined],
    [-300, 300, undefined],
    [1, 0, /1 s ago: more than the allowed 0 s/],
    [86_400, 100_000, undefined],
  ])('sent %i s ago with a tolerance of %i s', (age, toleranceSeconds, says) => {
    const now = new Date(at.getTime() + age * 1000);
    const found = verify(asHttp(headers, body), { now, toleranceSeconds });
    if (says) expect(found['webhook-timestamp']).toMatch(says);
    else expect(found).toEqual(allGood);
    expect(found['webhook-signature']).toBe(true);
  });
});
