import type { S3Client } from '@aws-sdk/client-s3';
import { refuseStrangeAnswers } from './answers.ts';

/** What the user calls the settings, so that remedies name what can be changed: variables or flags. */
export interface StorageNames {
  readonly key: string;
  readonly bucket: string;
  readonly accountId: string;
  readonly jurisdiction: string;
  readonly endpoint: string;
}

/** What a task calls them. */
export const variableNames: StorageNames = {
  key: 'INPUT_R2_KEY',
  bucket: 'R2_BUCKET',
  accountId: 'R2_ACCOUNT_ID',
  jurisdiction: 'R2_JURISDICTION',
  endpoint: 'R2_ENDPOINT',
};

/** Which R2 bucket, and how to get in. */
export interface StorageSettings {
  /** The S3 endpoint, without the bucket; addressing is path-style, as every R2 endpoint takes. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What the user calls all this; by default as a task does. */
  readonly names?: StorageNames | undefined;
}

/** A bucket that is ready to be used. */
export interface Storage {
  readonly client: S3Client;
  readonly bucket: string;
  readonly endpoint: string;
  readonly names?: StorageNames | undefined;
  /** What was found out about the server's ETags. */
  readonly etags: {
    /** Whether those of objects in one part are the MD5 of their bytes, as R2's are; undefined until one has shown it. */
    areMd5: boolean | undefined;
  };
}

/** What a request was about, for the message of its error. */
export interface StorageRequest {
  readonly storage: Pick<Storage, 'bucket' | 'endpoint' | 'names'>;
  readonly key: string;
  readonly action: 'read' | 'write' | 'list';
  /** The header without which it must not be done, for servers that do not know it. */
  readonly header?: string | undefined;
}

/** R2's jurisdictions with an endpoint of their own (https://developers.cloudflare.com/r2/reference/data-location/). */
export const jurisdictions = ['eu', 'fedramp'] as const;
/** One of R2's jurisdictions. */
export type Jurisdiction = (typeof jurisdictions)[number];

/** The S3 endpoint of an R2 account, in a jurisdiction if one is given. */
export function r2Endpoint(accountId: string, jurisdiction?: Jurisdiction): string {
  return `https://${accountId}${jurisdiction ? `.${jurisdiction}` : ''}.r2.cloudflarestorage.com`;
}

/**
 * Opens a bucket; sends nothing yet. The settings are those that R2 needs:
 * no CRC32 trailers, no `Expect: 100-continue`, and no retries inside the SDK, as it would not repeat
 * a body that broke off and knows nothing of our deadline. Close with `closeStorage`.
 */
export async function openStorage(settings: StorageSettings): Promise<Storage> {
  const { S3Client } = await import('./sdk.ts');
  const client = new S3Client({
    region: 'auto',
    endpoint: settings.endpoint,
    forcePathStyle: true,
    credentials: {
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
    },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    expectContinueHeader: false,
    maxAttempts: 1,
    // Not to be changed by AWS_… variables that happen to be set.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    // What there is to say of a request, our own errors say; the SDK's lines would go past the log.
    logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: 0,
      // How long a connection may say nothing is watched over per attempt (patience.ts).
      socketTimeout: 0,
    },
  });
  refuseStrangeAnswers(client);
  const { bucket, endpoint, names } = settings;
  return { client, bucket, endpoint, names, etags: { areMd5: undefined } };
}

const ignore = (): void => {};

/** How long connecting to R2 may take, in milliseconds; part of what `Patience` allows for the headers. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Closes the connections of a bucket, so that the process can end. */
export function closeStorage(storage: Storage): void {
  storage.client.destroy();
}
