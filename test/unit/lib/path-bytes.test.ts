import { describe, expect, it } from 'vitest';
import {
  bytesOfPath,
  isUtf8Path,
  nativePath,
  pathOfBytes,
  shownPath,
  urlOfPath,
} from '../../../src/lib/path-bytes.ts';

const cafe = pathOfBytes(Buffer.from('caf\xe9.tif', 'latin1'));

describe('a path', () => {
  it('that is UTF-8 is the string that Node.js has for it', () => {
    for (const path of ['', 'a.tif', 'été 地図 🗺️.tif', 'e\u0301', '\ufffd.tif', 'back\\xE9'])
      expect([pathOfBytes(Buffer.from(path)), nativePath(path), shownPath(path)]).toEqual([
        path,
        path,
        path,
      ]);
  });

  it('that is not UTF-8 is shown with its bytes, and handed to the system as they are', () => {
    expect(isUtf8Path(cafe)).toBe(false);
    expect(shownPath(cafe)).toBe('caf\\xE9.tif');
    expect(nativePath(cafe)).toEqual(Buffer.from('caf\xe9.tif', 'latin1'));
    expect(urlOfPath(`${cafe} é`)).toBe('caf%E9.tif%20%C3%A9');
  });

  it('keeps its bytes, whatever they are, and is not that of other bytes', () => {
    // Each byte alone, before and after each other, and where UTF-8 begins that does not end, or is
    // of surrogates.
    const all = [...Array(255).keys()].map((byte) => byte + 1);
    const bytes = [
      ...all.flatMap((a) => all.map((b) => Buffer.of(a, b))),
      Buffer.from('é地🗺️'),
      Buffer.of(0xf0, 0x9f, 0x97),
      Buffer.of(0xed, 0xa0, 0x80, 0xed, 0xb2, 0x80),
      Buffer.of(0xf0, 0x9f, 0x97, 0xba, 0xe9, 0xc3, 0xa9),
    ];
    const paths = bytes.map(pathOfBytes);
    const changed = paths.filter((path, i) => bytes[i]?.compare(bytesOfPath(path)) !== 0);
    expect(changed).toEqual([]);
    expect(new Set(paths).size).toBe(bytes.length);
  });

  it('can be put together of others', () => {
    const bytes = Buffer.concat([bytesOfPath(cafe), Buffer.from('/é/'), bytesOfPath(cafe)]);
    expect(`${cafe}/é/${cafe}`).toBe(pathOfBytes(bytes));
  });
});
