import { describe, expect, it } from 'vitest';
import {
  defaultEncoderSettings,
  describeEncoder,
  type EncoderSettings,
  readEncoder,
} from '../../../../src/lib/convert/encoder-settings.ts';

const others: EncoderSettings = {
  quality: 5,
  chromaSubsampling: '4:4:4',
  background: '#336699',
  effort: 'fast',
  profile: 'keep',
  metadata: 'copyright',
};

describe('the line of encoder settings', () => {
  it('is that of earlier versions without a maximum size', () => {
    expect(describeEncoder({ ...defaultEncoderSettings, maxSize: undefined })).toBe(
      'mozjpeg q=95 chroma=4:2:0 background=white effort=auto profile=srgb metadata=none',
    );
  });

  it.each([defaultEncoderSettings, others, { ...others, maxSize: 2000 }])(
    'is read as it was written: %j',
    (settings) => {
      const line = describeEncoder(settings);
      expect(line).toMatch(/^[!-~ ]+$/);
      expect(readEncoder(line)).toEqual(settings);
    },
  );

  it.each([
    '',
    'jpegli q=95',
    describeEncoder(others).replace('q=5', 'q=05'),
    describeEncoder(others).replace('%23336699', 'teal'),
    describeEncoder(others).replace('4:4:4', '4:1:1'),
    describeEncoder(others).replace('keep', 'p3'),
    `${describeEncoder(others)} more=1`,
    `${describeEncoder(others)} max-size=02000`,
    `${describeEncoder(others)} max-size=`,
  ])('is not read when somebody else wrote it: %j', (line) => {
    expect(readEncoder(line)).toBeUndefined();
  });
});
