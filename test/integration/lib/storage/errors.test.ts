import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { StorageError } from '../../../../src/lib/errors.ts';
import { toConnectionError } from '../../../../src/lib/storage/connection-error.ts';
import { openObject } from '../../../../src/lib/storage/download.ts';
import { headObject } from '../../../../src/lib/storage/objects.ts';
import { deleteObject, putSmallObject } from '../../../../src/lib/storage/small-object.ts';
import { selfSignedCertificate } from '../../../support/certificate.ts';
import { always, type Fault } from '../../../support/fault.ts';
import { startFaultServer } from '../../../support/fault-server.ts';
import { quickRetry, withStorage } from '../../../support/storage.ts';

const access = {
  bucket: 'arke-staging',
  credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
};

/** The error of a download from an endpoint, and how often it was tried again. */
async function failure(endpoint: string): Promise<{ error: StorageError; retries: number }> {
  let retries = 0;
  return await withStorage(access, endpoint, async (storage) => {
    const options = {
      policy: quickRetry,
      patience: { headersMs: 1_000 },
      onRetry: () => retries++,
    };
    const error = await openObject(storage, 'a/x.tif', options).catch((e: unknown) => e);
    if (!(error instanceof StorageError)) throw error;
    return { error, retries };
  });
}

async function failureOf(fault: Fault) {
  await using server = await startFaultServer('http://127.0.0.1:1', always(fault));
  return { ...(await failure(server.url)), seen: server.seen.length };
}

/** The endpoint of a TLS server whose certificate nobody trusts. */
async function withTlsServer<T>(
  expired: boolean,
  use: (endpoint: string) => Promise<T>,
): Promise<T> {
  const listener: RequestListener = (_, answer) => answer.end();
  const server = createServer(selfSignedCertificate({ expired }), listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a connection that fails', () => {
  it('by the name of the endpoint: check the account and DNS', async () => {
    // A name that never exists (RFC 6761); without a resolver it is another code.
    const { error, retries } = await failure('http://account.invalid');
    expect(error.code).toBe('STORAGE_UNREACHABLE');
    expect(error.message).toMatch(
      /^The name of R2's endpoint, account\.invalid, could not be resolved on the attempt to read "a\/x\.tif": .*(ENOTFOUND|EAI_AGAIN).*\. Check R2_ACCOUNT_ID, R2_JURISDICTION and R2_ENDPOINT, and this machine's DNS\.$/,
    );
    expect(retries).toBe(2);
  });

  it('because nobody listens: check the endpoint', async () => {
    const { error, retries } = await failure('http://127.0.0.1:1');
    expect(error).toMatchObject({
      code: 'STORAGE_UNREACHABLE',
      message:
        'R2 at 127.0.0.1:1 refused the connection on the attempt to read "a/x.tif": connect ECONNREFUSED 127.0.0.1:1. Check that R2_ENDPOINT names the right host and port, and the network.',
    });
    expect(retries).toBe(2);
  });

  it('by a reset: try again', async () => {
    const { error, seen } = await failureOf({ reset: true });
    expect(error.code).toBe('STORAGE_UNREACHABLE');
    expect(error.message).toMatch(/^The connection to R2 at .* broke off .*ECONNRESET.* Try again/);
    expect(seen).toBe(3);
  });

  it.each([
    [false, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [true, 'CERT_HAS_EXPIRED|DEPTH_ZERO_SELF_SIGNED_CERT'],
  ])(
    'by a certificate that cannot be trusted (expired: %s): not tried again',
    async (expired, code) => {
      const { error, retries } = await withTlsServer(expired, failure);
      expect(error.code).toBe('STORAGE_UNREACHABLE');
      expect(error.message).toMatch(
        new RegExp(
          `^The TLS certificate of R2 at .* was not accepted .*\\((${code})\\)\\. Check R2_ENDPOINT, this machine's clock`,
        ),
      );
      expect(retries).toBe(0);
    },
  );

  it('in the TLS handshake: check the account and the scheme', async () => {
    await using server = await startFaultServer('http://127.0.0.1:1', () => ({}));
    const { error, retries } = await failure(server.url.replace('http:', 'https:'));
    expect(error.code).toBe('STORAGE_UNREACHABLE');
    expect(error.message).toMatch(
      /^The TLS handshake with R2 at .* "a\/x\.tif": wrong version number \(EPROTO\)\. Check R2_ACCOUNT_ID/,
    );
    expect(retries).toBe(2);
  });

  it.each([
    ['CERT_NOT_YET_VALID', /certificate/, false],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /certificate/, false],
    ['ERR_TLS_CERT_ALTNAME_INVALID', /certificate/, false],
    ['ERR_SSL_WRONG_VERSION_NUMBER', /handshake/, true],
    ['ETIMEDOUT', /did not answer in time/, true],
    ['EPIPE', /broke off/, true],
    ['EHOSTUNREACH', /The connection to R2 at r2\.test failed .* Check the network/, true],
    ['HPE_INVALID_CONSTANT', /The connection to R2 at r2\.test failed/, true],
  ])('with %s has its sentence', (code, message, retryable) => {
    const cause = Object.assign(new Error('reason'), { code });
    const storage = { bucket: 'b', endpoint: 'https://r2.test' };
    const error = toConnectionError(cause, { storage, key: 'k', action: 'write' });
    expect(error).toMatchObject({ code: 'STORAGE_UNREACHABLE', retryable, cause });
    expect(error.message).toMatch(message);
    expect(error.message).toContain('on the attempt to write "k": reason');
  });
});

describe('an answer of R2', () => {
  it('that the clock is wrong is told with the time here, and not tried again', async () => {
    const body = '<Error><Code>RequestTimeTooSkewed</Code><Message>Too large.</Message></Error>';
    const { error, seen } = await failureOf({ status: 403, body });
    expect(error.code).toBe('CLOCK_SKEWED');
    expect(error.message).toMatch(
      /this machine's clock is wrong \(\d{4}-.*Z here\)\. Set the clock\.$/,
    );
    expect(seen).toBe(1);
  });

  it.each([408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 530])(
    'that may pass is asked for again: %i',
    async (status) => {
      const { error, seen } = await failureOf({ status });
      expect(error).toMatchObject({ code: 'STORAGE_FAILED', retryable: true });
      expect(error.message).toContain(`R2 answered ${status}`);
      expect(seen).toBe(3);
    },
  );

  it.each([
    [400, 'STORAGE_FAILED'],
    [401, 'ACCESS_DENIED'],
    [403, 'ACCESS_DENIED'],
    [404, 'OBJECT_NOT_FOUND'],
  ])('that will not pass is not: %i', async (status, code) => {
    const { error, seen } = await failureOf({ status });
    expect(error).toMatchObject({ code, retryable: false });
    expect(seen).toBe(1);
  });
});

describe('a key by which R2 cannot be asked', () => {
  it.each(['a/../x.tif', 'x'.repeat(1025)])(
    'is refused before anything is sent: %.20s',
    async (key) => {
      await using server = await startFaultServer('http://127.0.0.1:1', () => ({}));
      const requests = await withStorage(access, server.url, async (storage) => {
        const put = {
          key,
          text: '',
          contentType: 'text/plain',
          condition: { kind: 'absent' },
        } as const;
        return Promise.allSettled([
          ...[openObject(storage, key), headObject(storage, key), deleteObject(storage, key)],
          putSmallObject(storage, put),
        ]);
      });
      for (const request of requests)
        expect(request).toMatchObject({
          reason: {
            code: 'INVALID_KEY',
            message: expect.stringContaining(`The key "${key}" must `),
          },
        });
      expect(server.seen).toEqual([]);
    },
  );
});

describe('an object that is not there', () => {
  it('because of what nobody sees at the end of its key: that is said', async () => {
    await using server = await startFaultServer('http://127.0.0.1:1', always({ status: 404 }));
    await withStorage(access, server.url, async (storage) => {
      await expect(openObject(storage, 'a/x.tif\n')).rejects.toThrow(
        /^404 Not Found: .* in the bucket "arke-staging"\. The key ends with a line break\. Check /s,
      );
    });
  });
});
