import { describe, expect, it } from 'vitest';
import { bodyOfFlags } from '../../../../src/cli/callback/body.ts';
import type { BodyFlags } from '../../../../src/cli/callback/flags.ts';
import { keyProblem } from '../../../../src/lib/keys.ts';
import { openStorage } from '../../../../src/lib/storage/client.ts';
import { listObjects } from '../../../../src/lib/storage/list-objects.ts';
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

  it.each(['task-id', 'batch-id', 'output-key'])(
    'have at most 1024 bytes in a callback, too: --%s',
    (name) => {
      const flags = { 'task-id': 't', 'batch-id': 'b', 'output-key': 'x.jpg', 'output-size': 1 };
      const body = (value: string) =>
        bodyOfFlags({ ...flags, [name]: value } as unknown as BodyFlags);
      expect(body('é'.repeat(512))).toContain('success');
      expect(() => body('é'.repeat(513))).toThrow(
        `--${name} must have at most 1024 bytes, and it has 1026`,
      );
    },
  );

  it('of objects have at most 1024 bytes', () => {
    expect(keyProblem('é'.repeat(512))).toBeUndefined();
    expect(keyProblem('é'.repeat(513))).toBe(
      'must have at most 1024 bytes, and it has 1026: R2 accepts no longer ones',
    );
  });

  it('have prefixes of at most 1024 bytes', async () => {
    const endpoint = 'http://127.0.0.1:9';
    const access = { bucket: 'bucket', accessKeyId: 'id', secretAccessKey: 'secret' };
    const storage = await openStorage({ endpoint, ...access });
    await expect(listObjects(storage, 'é'.repeat(513))).rejects.toMatchObject({
      code: 'INVALID_KEY',
      message: 'The prefix must have at most 1024 bytes, and it has 1026: no key in R2 is longer.',
    });
  });
});

describe('the patience of a callback', () => {
  it.each([
    ['0', true],
    ['3600000', true],
    ['3600001', false],
    ['-1', false],
    ['00', false],
    ['1.5', false],
  ])('is at most an hour: CALLBACK_PATIENCE_MS=%s', (ms, ok) => {
    const read = readTaskSettings({ ...environment, CALLBACK_PATIENCE_MS: ms });
    expect(read.ok).toBe(ok);
    if (read.ok) expect(read.settings.budget.callbackPatienceMs).toBe(Number(ms));
    else expect(read.error.message).toContain('must be a whole number from 0 to 3600000');
  });
});
