/*
 * Storage: R2, and whatever else speaks S3. The room reads and writes objects, and hides that
 * networks fail. It knows no task, no TIFF and no callback. What holds in it: docs/policies.md,
 * "Storage" and "Keys and objects"; each fault with its outcome: docs/reliability.md.
 *
 * Terms. An *object* has a key, bytes and an ETag. A *version* is what one ETag stands for. A
 * *range* is a part of a version, at most 8 MiB; a *part* is a piece of a multipart upload. An
 * *attempt* is one request. A *condition* is `If-Match` or `If-None-Match`.
 *
 * Reading (`download.ts`). The first GET asks for the first range and returns when its headers have
 * arrived: they tell size and ETag, the version of the TIFF from here on. The rest comes in equal
 * ranges, eight at once, each with `If-Match` (`ranges.ts` asks and checks the answer, `segment.ts`
 * has the attempts). An attempt that breaks off or falls silent is followed by one that asks from
 * the byte that was reached (`body.ts`); one that brought a MiB does not count. All ranges go to
 * their places in one file (`target-file.ts`), whose MD5 is computed meanwhile (`file-md5.ts`) and
 * compared with the ETag where that is one (`arrived.ts`). If the object is replaced meanwhile, all
 * of it is taken once more. `ranged-reader.ts` reads only the blocks that somebody looks at, all of
 * one version.
 *
 * Writing (`upload.ts`). One PUT with Content-MD5 under a condition; above 64 MiB equal parts of 16
 * MiB, two at once (`multipart.ts`), where the condition holds for the completion and a HEAD
 * precedes it. An upload that fails is ended, so that no part stays. An attempt whose answer was
 * lost is recognised by its ETag, or by its bytes where the server's ETags are no MD5s
 * (`put-own.ts`, `own-object.ts`).
 *
 * Every request goes through `objects.ts`: attempts, time-outs, and errors that name host, key and
 * remedy (`errors.ts`). A 2xx that is not an answer of S3 is refused before the SDK sees it
 * (`answers.ts`).
 *
 * Must never happen: a mixture of two versions; an overwritten object that was not looked at; a
 * wait that outlasts the caller's signal; a credential in a message.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { refuseStrangeAnswers } from './answers.ts';

/** What the user calls the settings, so that remedies name variables or flags. */
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

/** An R2 bucket, and the credentials for it. */
export interface StorageSettings {
  /**
   * The S3 endpoint, without the bucket; addressing is path-style, which every R2 endpoint
   * supports.
   */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What the user calls these settings; default: a task's names. */
  readonly names?: StorageNames | undefined;
}

/** A bucket that is ready to be used. */
export interface Storage {
  readonly client: S3Client;
  readonly bucket: string;
  readonly endpoint: string;
  readonly names?: StorageNames | undefined;
  /** What is known about the server's ETags. */
  readonly etags: {
    /**
     * Whether ETags of single-part objects are MD5s, like R2's; undefined until one has shown it.
     */
    areMd5: boolean | undefined;
  };
}

/** What a request was for, for error messages. */
export interface StorageRequest {
  readonly storage: Pick<Storage, 'bucket' | 'endpoint' | 'names'>;
  readonly key: string;
  readonly action: 'read' | 'write' | 'list';
  /** The header that the request depends on, for servers that do not support it. */
  readonly header?: string | undefined;
}

/**
 * R2's jurisdictions with an endpoint of their own
 * (https://developers.cloudflare.com/r2/reference/data-location/).
 */
export const jurisdictions = ['eu', 'fedramp'] as const;
/** One of R2's jurisdictions. */
export type Jurisdiction = (typeof jurisdictions)[number];

/** The S3 endpoint of an R2 account, in a jurisdiction if one is given. */
export function r2Endpoint(accountId: string, jurisdiction?: Jurisdiction): string {
  return `https://${accountId}${jurisdiction ? `.${jurisdiction}` : ''}.r2.cloudflarestorage.com`;
}

/**
 * Opens a bucket without sending anything. The settings are those that R2 needs: no CRC32 trailers,
 * no `Expect: 100-continue`, and no retries in the SDK, which would not repeat a broken body and
 * does not know our deadline. Close with `closeStorage`.
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
    // AWS_… variables must not change these.
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    // Our own errors say everything; the SDK's lines would bypass the log.
    logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: 0,
      // Silent connections are watched per attempt (patience.ts).
      socketTimeout: 0,
    },
  });
  refuseStrangeAnswers(client);
  const { bucket, endpoint, names } = settings;
  return { client, bucket, endpoint, names, etags: { areMd5: undefined } };
}

const ignore = (): void => {};

/** How long connecting to R2 may take, in milliseconds; part of `Patience` for the headers. */
const CONNECT_TIMEOUT_MS = 5_000;

/** Closes the connections of a bucket, so that the process can end. */
export function closeStorage(storage: Storage): void {
  storage.client.destroy();
}
