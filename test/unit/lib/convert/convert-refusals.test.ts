import { execFileSync } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../src/lib/convert/convert-in-place.ts';
import { ConversionError, FileError } from '../../../../src/lib/errors.ts';
import { raw } from '../../../support/pictures.ts';
import { makeTiffAs, writeTiff } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

describe('refusals', () => {
  it.each([
    ['JPEG', 'jpeg'],
    ['PNG', 'png'],
    ['WebP', 'webp'],
    ['GIF', 'gif'],
  ] as const)('names a %s that is called .tif', async (name, format) => {
    const input = folder.path(`${format}.tif`);
    await raw(32, 32, 3).toFormat(format).toFile(input);
    const conversion = convertInPlace(input, folder.path('never.jpg'));
    await expect(conversion).rejects.toThrow(`is a ${name.toUpperCase()} file`);
    await expect(conversion).rejects.toMatchObject({ code: 'NOT_A_TIFF' });
  });

  it.each([
    ['an SVG file', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['an SVG file', '<?xml version="1.0"?>\n<!-- drawn -->\n<svg width="9" height="9"/>'],
    ['a PDF file', '%PDF-1.7\n%âãÏÓ\n'],
    ['an HTML page', '<!doctype html><title>Access denied</title>'],
    ['an XML file', '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>'],
    ['a text file', 'neither fish nor fowl'],
    ['a text file', Buffer.from('\xff\xfen\0o\0', 'latin1')],
    ['empty', ''],
  ] as const)('names %s', async (kind, text) => {
    const input = await folder.write('other.tif', text);
    await expect(convertInPlace(input, folder.path('never.jpg'))).rejects.toThrow(kind);
  });

  it('contains sharp’s own message for unknown content', async () => {
    const input = await folder.write('noise.tif', Buffer.from('c0ffee00c0ffee00', 'hex'));
    await expect(convertInPlace(input, folder.path('never.jpg'))).rejects.toThrow(
      '"noise.tif" is not a TIFF: it has no TIFF header. Check where it came from ' +
        '(the decoder, sharp, says: Input file contains unsupported image format).',
    );
  });

  it('says before decoding that JPEG cannot hold a picture over 65 535 pixels a side', async () => {
    const data = Buffer.alloc(65_536);
    const page = { width: 65_536, height: 1, samplesPerPixel: 1, photometric: 1, data };
    const input = await writeTiff(folder.path('long.tif'), page);
    const conversion = convertInPlace(input, folder.path('never.jpg'));
    await expect(conversion).rejects.toMatchObject({ code: 'TOO_LARGE_FOR_JPEG' });
    await expect(conversion).rejects.toThrow('65536 × 1 pixels');
  });

  it('does not call a broken chain of directories a lack of memory, as libtiff does', async () => {
    const data = Buffer.alloc(256);
    const page = { width: 16, height: 16, samplesPerPixel: 1, photometric: 1, data };
    const next = makeTiffAs({}, page).length;
    const withoutEntries = Buffer.alloc(6);
    const tiff = Buffer.concat([makeTiffAs({ next }, page), withoutEntries]);
    const input = await folder.write('chain.tif', tiff);
    const { notes } = await convertInPlace(input, folder.path('chain.jpg'));
    expect(notes).toMatchObject([{ code: 'PAGES_UNREACHABLE' }]);
  });

  it('does not wait for a pipe without a writer', async () => {
    execFileSync('mkfifo', [folder.path('pipe.tif')]);
    const conversion = convertInPlace(folder.path('pipe.tif'), folder.path('never.jpg'));
    await expect(conversion).rejects.toThrow('it is a device or a pipe');
  });

  it('says which file is missing', async () => {
    const conversion = convertInPlace(folder.path('nowhere.tif'), folder.path('never.jpg'));
    await expect(conversion).rejects.toThrow(FileError);
    await expect(conversion).rejects.toThrow('nowhere.tif');
  });

  it.each([
    ['strips', false, 0.25],
    ['strips', false, 0.75],
    ['strips', false, 0.95],
    ['tiles', true, 0.25],
    ['tiles', true, 0.75],
    ['tiles', true, 0.95],
  ])('never gives a part of a truncated picture: %s', async (_, tile, share) => {
    const input = folder.path('cut.tif');
    const { size } = await raw(512, 512, 3).tiff({ compression: 'lzw', tile }).toFile(input);
    await truncate(input, Math.floor(size * share));
    await expect(convertInPlace(input, folder.path('never.jpg'))).rejects.toThrow(ConversionError);
  });
});
