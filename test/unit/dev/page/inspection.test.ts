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

  it('may be why there are none', () => {
    const error = { code: 'NOT_A_TIFF', message: 'It is a JPEG.' };
    expect(factsFrom({ files: [{ input: 'a.tif', error }] })).toEqual({ error: 'It is a JPEG.' });
  });

  it.each([[null], ['text'], [{}], [{ files: [] }], [[]]])('are none in %j', (json) => {
    expect(factsFrom(json)).toBeUndefined();
  });
});
