import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentPieces, holdList } from '../../../src/cli/json-document.ts';
import { createRedactor, redactValues } from '../../../src/lib/redact.ts';

const redact = createRedactor(['secret']);

/** The whole text of a document that is written in pieces. */
async function textOf(document: object): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of documentPieces(document, redact)) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString();
}

const atOnce = (document: object) => `${JSON.stringify(redactValues(document, redact), null, 2)}\n`;

describe('a document in pieces is byte for byte the one written at once', () => {
  it.each<[string, object]>([
    ['nothing', {}],
    ['fields and lists', { files: [{ a: 1 }, { b: [1, { c: [] }], d: {} }], unread: [], n: null }],
    ['what is not given', { a: undefined, b: 1, c: undefined, d: [] }],
    ['only what is not given', { a: undefined }],
    ['secrets', { note: 'a secret', list: ['secret', { a: 'no secret' }] }],
    ['line breaks in texts', { list: ['a\nb', { 'c\nd': '\r\n' }] }],
    ['paths that are not UTF-8', { path: 'a\udce9', files: [{ input: 'b\udcff', n: 'é' }] }],
  ])('%s', async (_, document) => expect(await textOf(document)).toBe(atOnce(document)));

  it('any', async () => {
    const element = fc.oneof(fc.jsonValue(), fc.constant({ input: 'a\udce9' }));
    const values = fc.oneof(fc.jsonValue(), fc.array(element));
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), values), async (document) => {
        expect(await textOf(document)).toBe(atOnce(document));
      }),
    );
  });
});

describe('a list that is held', () => {
  it.each([0, 1, 3_000])('of %i elements is written as if it were an array', async (count) => {
    const files = Array.from({ length: count }, (_, i) => ({ input: `ä ${i}`, list: [{}, 'b'] }));
    const held = holdList();
    for (const file of files) await held.add(file);
    expect(await textOf({ files: held, rest: 1 })).toBe(atOnce({ files, rest: 1 }));
  });
});
