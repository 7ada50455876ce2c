import { describe, expect, it } from 'vitest';
import { pathOfBytes } from '../../../src/lib/path-bytes.ts';
import { parseWithPaths, stringifyWithPaths } from '../../../src/lib/path-json.ts';

const cafe = pathOfBytes(Buffer.from('caf\xe9.tif', 'latin1'));

describe('JSON with paths', () => {
  it('is ordinary JSON if all is UTF-8', () => {
    const value = { input: 'été.tif', files: [{ name: 'back\\udce9', n: 1, none: undefined }] };
    expect(stringifyWithPaths(value, 2)).toBe(JSON.stringify(value, null, 2));
    expect(parseWithPaths(stringifyWithPaths(value))).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it('shows what is not UTF-8, with the bytes of a path beside it', () => {
    const value = { files: [{ input: cafe, pages: [{ output: cafe }], message: `${cafe} is` }] };
    expect(JSON.parse(stringifyWithPaths(value))).toEqual({
      files: [
        {
          input: 'caf\\xE9.tif',
          input_base64: 'Y2Fm6S50aWY=',
          pages: [{ output: 'caf\\xE9.tif', output_base64: 'Y2Fm6S50aWY=' }],
          message: 'caf\\xE9.tif is',
        },
      ],
    });
  });

  it('returns the paths that were written', () => {
    const value = { input: cafe, record: { output: cafe, bytes: 1 }, name: 'caf\\xE9.tif' };
    expect(parseWithPaths(stringifyWithPaths(value))).toEqual(value);
  });
});
