import { describe, expect, it } from 'vitest';
import { closeStorage, openStorage, r2Endpoint } from '../../../src/lib/storage/client.ts';
import { readTaskSettings } from '../../../src/lib/task/settings.ts';

const environment = {
  TASK_ID: 't',
  BATCH_ID: 'b',
  INPUT_R2_KEY: 'k.tif',
  R2_ACCOUNT_ID: '5a4db0c5',
  R2_ACCESS_KEY_ID: 'id',
  R2_SECRET_ACCESS_KEY: 'secret',
  R2_BUCKET: 'arke-staging',
  CALLBACK_URL: 'https://example.com/callback/b/t',
};

const endpointOf = (env: Record<string, string>) => {
  const read = readTaskSettings({ ...environment, ...env });
  return read.ok ? read.settings.storage.endpoint : read.error.message;
};

describe('the endpoint', () => {
  it('is the contract’s, from the account', () => {
    expect(endpointOf({})).toBe('https://5a4db0c5.r2.cloudflarestorage.com');
  });

  it.each(['eu', 'fedramp'] as const)(
    'is that of the jurisdiction, where there is one: %s',
    (jurisdiction) => {
      const endpoint = `https://5a4db0c5.${jurisdiction}.r2.cloudflarestorage.com`;
      expect(r2Endpoint('5a4db0c5', jurisdiction)).toBe(endpoint);
      expect(endpointOf({ R2_JURISDICTION: jurisdiction })).toBe(endpoint);
    },
  );

  it('is R2_ENDPOINT where that is set', () => {
    expect(endpointOf({ R2_ENDPOINT: 'http://127.0.0.1:8787/r2' })).toBe(
      'http://127.0.0.1:8787/r2',
    );
  });
});

describe('the client', () => {
  it('has the settings that R2 needs: region auto, no checksum trailers, no retries of its own', async () => {
    const endpoint = 'http://127.0.0.1:1';
    const storage = await openStorage({
      endpoint,
      bucket: 'b',
      accessKeyId: 'i',
      secretAccessKey: 's',
    });
    const { config } = storage.client;
    expect(await config.region()).toBe('auto');
    expect(await config.requestChecksumCalculation()).toBe('WHEN_REQUIRED');
    expect(await config.responseChecksumValidation()).toBe('WHEN_REQUIRED');
    expect(await config.maxAttempts()).toBe(1);
    closeStorage(storage);
  });
});
