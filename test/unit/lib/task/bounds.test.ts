import { describe, expect, it } from 'vitest';
import { readTaskSettings } from '../../../../src/lib/task/settings.ts';

const environment = {
  TASK_ID: 't',
  BATCH_ID: 'b',
  INPUT_R2_KEY: 'a/x.tif',
  R2_ACCOUNT_ID: 'account',
  R2_ACCESS_KEY_ID: 'id',
  R2_SECRET_ACCESS_KEY: 'secret',
  R2_BUCKET: 'bucket',
  CALLBACK_URL: 'https://example.com/callback/b/t',
};

describe('keys and ids', () => {
  it.each(['TASK_ID', 'BATCH_ID', 'INPUT_R2_KEY'])('have at most 1024 bytes: %s', (name) => {
    const problems = (value: string) => {
      const read = readTaskSettings({ ...environment, [name]: value });
      return read.ok ? '' : read.error.message;
    };
    expect(problems('é'.repeat(512))).toBe('');
    expect(problems('é'.repeat(513))).toContain(
      `${name} must have at most 1024 bytes, and it has 1026`,
    );
  });
});
