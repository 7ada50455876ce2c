import { describe, expect, it } from 'vitest';
import { magickError } from '../../../../../src/lib/convert/fallback/magick/words.ts';
import { scratchIn } from '../../../../../src/lib/convert/process/scratch.ts';
import { explainFailure } from '../../../../../src/lib/convert/render/failure.ts';
import { ConversionError } from '../../../../../src/lib/errors.ts';

const failing = {
  name: 'scan.tif',
  paths: { input: '/in/scan.tif', output: '/out/scan.jpg' },
  scratch: scratchIn('/tmp'),
};

describe('what a conversion failed for', () => {
  it.each([
    ['EMFILE', "EMFILE: too many open files, open '/in/scan.tif'"],
    ['EMFILE', '/in/scan.tif: unable to open for read\nunix error: Too many open files'],
    ['ENFILE', "ENFILE: file table overflow, open '/in/scan.tif'"],
    ['ENFILE', 'unix error: Too many open files in system'],
    ['EAGAIN', 'error creating thread: Resource temporarily unavailable'],
    ['EIO', 'EIO: i/o error, read'],
    ['EIO', 'read error\nunix error: Input/output error'],
  ])('is not called damage when the system ran out of something: %s by %j', (code, words) => {
    for (const reader of ['sharp', 'samples', 'magick'] as const)
      expect(explainFailure(new Error(words), failing, { reader }), reader).toMatchObject({
        code: 'CRASHED',
        message: expect.stringMatching(
          new RegExp(`^The conversion of "scan.tif" could not continue: .*\\(${code}\\)\\. `),
        ),
      });
  });

  it('is kept if it is known already', () => {
    const told = new ConversionError('CRASHED', 'The thread of the decoder failed: no reason.');
    expect(explainFailure(told, failing, { reader: 'samples' })).toBe(told);
  });

  it('is not blamed on ImageMagick if our own code has a fault', () => {
    const fault = new TypeError('tags is undefined');
    expect(magickError(fault)).toBe(fault);
    expect(() => explainFailure(magickError(fault), failing, { reader: 'magick' })).toThrow(fault);
  });
});
