import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor, escapeControls } from '../../src/lib/redact.ts';

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

  it('leaves a text alone where no secret is known', () => {
    expect(createRedactor([undefined, '', 'abc'])('abc def')).toBe('abc def');
  });

  it('cuts the query and fragment off every URL', () => {
    const redact = createRedactor([]);
    expect(redact('POST https://a.example/x?token=1&y=2 failed, see http://b.example/#frag.')).toBe(
      'POST https://a.example/x failed, see http://b.example/',
    );
  });
});

describe('escaped text', () => {
  it('never holds a control character, and every other character as it was', () => {
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
