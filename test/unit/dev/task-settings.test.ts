import { describe, expect, it } from 'vitest';
import { chosenSettings, settingFields } from '../../../src/dev/task-settings.ts';
import { knownVariables } from '../../../src/lib/task/environment.ts';

const chosen = (settings: Record<string, string>) => chosenSettings(Object.entries(settings));

describe('the settings of a dropped TIFF', () => {
  it('are all variables of the conversion, and the time-out', () => {
    const names = settingFields().map(({ name }) => name);
    const ofConversion = knownVariables.filter((name) => /^(JPEG|TIFF)_/.test(name));
    expect(names).toEqual([...ofConversion, 'TASK_TIMEOUT_MS']);
    expect(names).toEqual(
      expect.arrayContaining(['JPEG_QUALITY', 'JPEG_EFFORT', 'JPEG_METADATA', 'TIFF_PAGES']),
    );
  });

  it('have the values, ranges and defaults of the table', () => {
    const fields = Object.fromEntries(settingFields().map((field) => [field.name, field]));
    expect(fields['JPEG_QUALITY']).toMatchObject({ range: [1, 100], choices: null });
    expect(fields['JPEG_EFFORT']?.choices).toContain('fast');
    expect(fields['TASK_TIMEOUT_MS']).toMatchObject({ fallback: '50000' });
  });

  it('are those that were set', () => {
    expect(chosen({ JPEG_QUALITY: '80', TIFF_PAGES: 'all', JPEG_EFFORT: ' ' })).toEqual({
      JPEG_QUALITY: '80',
      TIFF_PAGES: 'all',
    });
  });

  it('are refused in the words of run, all at once', () => {
    expect(() => chosen({ JPEG_QUALITY: '800', TASK_TIMEOUT_MS: 'soon' })).toThrow(
      'Invalid settings: JPEG_QUALITY must be a whole number from 1 to 100; TASK_TIMEOUT_MS must be a whole number from 1000 to 86400000',
    );
  });

  it.each(['R2_BUCKET', 'CALLBACK_URL', 'LOG_FORMAT', 'PATH', '__proto__'])(
    'are nothing else: %s',
    (name) => {
      expect(() => chosenSettings([[name, 'x']])).toThrow(`${name} cannot be chosen here`);
    },
  );
});
