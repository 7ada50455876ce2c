import { describe, expect, it } from 'vitest';
import {
  compressionName,
  extraSampleName,
  photometricName,
  sampleFormatName,
  tagName,
} from '../../../../../src/lib/convert/header/tiff-names.ts';

describe('names of what a TIFF says by numbers', () => {
  it.each([
    [1, 'none'],
    [2, 'CCITT run-length'],
    [3, 'CCITT G3'],
    [4, 'CCITT G4'],
    [5, 'LZW'],
    [6, 'old-style JPEG'],
    [7, 'JPEG'],
    [8, 'Deflate'],
    [32_773, 'PackBits'],
    [32_946, 'Deflate (old number)'],
    [34_712, 'JPEG 2000'],
    [34_887, 'LERC'],
    [34_925, 'LZMA'],
    [50_000, 'ZSTD'],
    [50_001, 'WebP'],
    [4_711, 'unknown (4711)'],
  ])('compression %i is %s', (number, name) => {
    expect(compressionName(number)).toBe(name);
  });

  it.each([
    [0, 'grey, white is zero'],
    [1, 'grey, black is zero'],
    [2, 'RGB'],
    [3, 'palette'],
    [4, 'transparency mask'],
    [5, 'CMYK'],
    [6, 'YCbCr'],
    [8, 'CIE L*a*b*'],
    [9, 'ICC L*a*b*'],
    [10, 'ITU L*a*b*'],
    [32_803, 'colour filter array'],
    [32_845, 'CIE Log Luv'],
    [34_892, 'linear raw'],
    [7, 'unknown (7)'],
  ])('PhotometricInterpretation %i is %s', (number, name) => {
    expect(photometricName(number)).toBe(name);
  });

  it.each([
    [1, 'unsigned'],
    [2, 'signed'],
    [3, 'float'],
    [4, 'undefined'],
    [5, 'complex signed'],
    [6, 'complex float'],
    [7, 'unknown (7)'],
  ])('SampleFormat %i is %s', (number, name) => {
    expect(sampleFormatName(number)).toBe(name);
  });

  it.each([
    [0, 'unspecified'],
    [1, 'associated alpha'],
    [2, 'unassociated alpha'],
    [9, 'unknown (9)'],
  ])('ExtraSamples %i is %s', (number, name) => {
    expect(extraSampleName(number)).toBe(name);
  });

  it.each([
    [315, 'Artist'],
    [33_432, 'Copyright'],
    [700, 'XMP'],
    [65_000, 'tag 65000'],
  ])('tag %i is called %s', (number, name) => {
    expect(tagName(number)).toBe(name);
  });
});
