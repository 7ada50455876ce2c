import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestUrl, shownUrl } from '../../../src/lib/http-url.ts';
import { createRedactor, escapeControls } from '../../../src/lib/redact.ts';

const spellings = [
  'http://h.example/cb?x=TOKEN',
  "http://h.example/cb?x='TOKEN",
  'http://h.example/cb?x=<TOKEN>',
  'http://h.example/cb?x=a TOKEN',
  'http://h.example/cb?x=a\nTOKEN',
  'http:h.example/cb?x=TOKEN',
  'http:\\\\h.example\\cb?x=TOKEN',
  'HTTP://h.example/cb?x=TOKEN#TOKEN',
  'http://h.example/cb#TOKEN?x=TOKEN',
];

describe('a redactor', () => {
  it('blanks each secret wherever it stands, also encoded for URLs and JSON', () => {
    const text = fc.string();
    const secret = fc
      .string({ minLength: 4 })
      .filter((s) => s.trim().length >= 4 && !'[redacted]'.includes(s));
    fc.assert(
      fc.property(text, secret, text, (before, hidden, after) => {
        const redact = createRedactor([hidden]);
        for (const form of [
          hidden,
          encodeURIComponent(hidden),
          JSON.stringify(hidden).slice(1, -1),
        ])
          if (redact(`${before}${form}${after}`).includes(hidden)) return false;
        return true;
      }),
    );
  });

  it('blanks the longer secret whole where one holds the other', () => {
    expect(createRedactor(['abcd', 'abcdefgh'])('x abcdefgh y')).toBe('x [redacted] y');
  });

  it('leaves a text alone if no secret is known', () => {
    expect(createRedactor([undefined, '', 'abc'])('abc def')).toBe('abc def');
  });

  it.each(spellings)(
    'blanks query and fragment of a known address as it was given and as it is sent: %s',
    (url) => {
      const redact = createRedactor([], [url]);
      const { href, search, pathname } = new URL(url);
      for (const spelling of [url, href, `${pathname}${search}`])
        expect(redact(`POST ${spelling} failed`)).not.toContain('TOKEN');
    },
  );

  it('leaves all other addresses alone, as keys may contain some', () => {
    const redact = createRedactor([], ['http://a.example/x?token=1', 'http://a.example/x?v']);
    const key = 'web/https://e.org/scan?id=7.tif and web/scan?v.tif';
    expect(redact(`${key} http://a.example/x?token=1`)).toBe(
      `${key} http://a.example/x?[redacted]`,
    );
  });
});

describe('an address', () => {
  it.each(spellings)('is shown without query and fragment, however it is spelled: %s', (url) => {
    expect(shownUrl(url)).toBe('http://h.example/cb');
    expect(shownUrl(requestUrl(url))).toBe('http://h.example/cb');
  });

  it('is sent to as fetch understands it, without quotes', () => {
    expect(requestUrl("http:h.example/it's?x='a b")).toBe('http://h.example/it%27s?x=%27a%20b');
  });
});

describe('escaped text', () => {
  it('has no control character, and all others unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeControls(text);
        return !/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(escaped);
      }),
    );
    expect(escapeControls('a\nb\rc\td\u001b[2Jé 中 \u202e')).toBe(
      'a\\nb\\rc\\td\\u001b[2Jé 中 \\u202e',
    );
  });
});
