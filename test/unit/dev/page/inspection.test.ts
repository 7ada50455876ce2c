import { describe, expect, it } from 'vitest';
import { factsFrom } from '../../../../src/dev/page/inspection.ts';

const file = { input: 'a.tif', format: 'TIFF', directories: [], problems: [], losses: [] };

describe('the facts of a TIFF', () => {
  it.each([
    ['the document of inspect', { files: [file] }],
    ['what it says of a file', file],
  ])('are taken from %s', (_, json) => {
    expect(factsFrom(json)).toEqual({ inspection: file });
  });

  it('have the names that the program has for them', () => {
    const losses = [{ page: 1, message: 'so_much', avoided_by: '--page all' }];
    expect(factsFrom({ ...file, byte_order: 'big-endian', losses })).toMatchObject({
      inspection: {
        byteOrder: 'big-endian',
        losses: [{ avoidedBy: '--page all', message: 'so_much' }],
      },
    });
  });

  it('may be the reason why there are none', () => {
    const error = { code: 'NOT_A_TIFF', message: 'It is a JPEG.' };
    expect(factsFrom({ files: [{ input: 'a.tif', error }] })).toEqual({ error: 'It is a JPEG.' });
  });

  it.each([[null], ['text'], [{}], [{ files: [] }], [[]]])('are none in %j', (json) => {
    expect(factsFrom(json)).toBeUndefined();
  });
});
