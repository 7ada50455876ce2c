/*
 * Sandbox: R2 and the orchestrator on this machine, for `dev`, the demo and tests. Both are real
 * Workers in workerd, run by Miniflare: a bucket with Cloudflare's own simulator behind its S3
 * address (signatures are checked), and an orchestrator that keeps tasks, times and answers as the
 * production one does (docs/policies.md, "The orchestrator").
 *
 * `runtime.ts` starts workerd, and ends it with this process (`orphan-guard.ts`); `bucket.ts` and
 * `control.ts` look at it past S3; `orchestrator-worker.ts` and `batch-script.ts` are what runs in
 * the Workers, as text. An observer sees each callback, and may answer it (`orchestrator.ts`).
 *
 * Must never happen: an import of the code under test, which would then test itself; an address
 * that other machines reach; a workerd that outlives its process.
 */
import { randomBytes } from 'node:crypto';
import type { Miniflare, MiniflareOptions, WorkerOptions } from 'miniflare';
import { type BucketAccess, bucketAccess, type R2Binding } from './bucket.ts';
import { controlAccess } from './control.ts';
import {
  type CallbackAnswer,
  type OrchestratorAccess,
  orchestratorAccess,
  type ReceivedCallback,
} from './orchestrator.ts';
import { BATCH_CLASS, BINDINGS, ORCHESTRATOR_WORKER } from './orchestrator-worker.ts';
import { launch } from './runtime.ts';

/** The options of a sandbox. */
export interface SandboxOptions {
  /** Name of the bucket; defaults to `arke-staging`, as in the contract. */
  bucket?: string;
  /** Folder for objects and callbacks; without it they end with the sandbox. */
  persistTo?: string;
  /** Aborts the start; use `stop` once the sandbox has started. */
  signal?: AbortSignal;
  /** The credentials of the last time, if objects are kept; new ones by default. */
  credentials?: S3Credentials;
  /**
   * Sees callbacks as they arrive; the orchestrator then refuses those from somebody else's page.
   */
  observer?: CallbackObserver;
  /**
   * Whether callbacks for batches without tasks (`createTasks`) are refused, as by the real
   * orchestrator; accepted by default.
   */
  strict?: boolean;
}

/** An observer of callbacks. */
export interface CallbackObserver {
  /** The only origin whose pages may send callbacks. */
  origin: string;
  /**
   * Called before a callback is answered; may change the answer.
   *
   * @param own the orchestrator's own answer
   */
  onCallback(
    callback: ReceivedCallback,
    own: { readonly status: number },
  ): CallbackAnswer | undefined;
}

/** Access keys of the S3 endpoint. */
export interface S3Credentials {
  accessKeyId: string;
  secretAccessKey: string;
}

/** A running stand-in for R2 and the orchestrator, on this machine only. */
export interface Sandbox extends BucketAccess, OrchestratorAccess {
  /** The S3 endpoint, without a bucket: path-style addressing. */
  endpoint: string;
  bucket: string;
  /** A bucket that exists but that `credentials` cannot access. */
  foreignBucket: string;
  credentials: S3Credentials;
  /** Base address of the orchestrator, without a trailing slash. */
  url: string;
  /** The contract's eight variables plus `R2_ENDPOINT`, for a worker run against the sandbox. */
  environment(batchId: string, taskId: string, inputKey: string): Record<string, string>;
  /** Ends everything and removes temporary files; may be called more than once. */
  stop(): Promise<void>;
}

/** Looks like a Cloudflare account: 32 hexadecimal digits. Nothing checks it. */
const ACCOUNT_ID = '5a4db0c5a4db0c5a4db0c5a4db0c5a4d';

/** Starts take 0.4 to 1.4 s; a hang lasts forever. */
const START_LIMITS = { attempts: 3, startMs: 15_000 };

/** Access keys as long as R2's own: 16 and 32 bytes in hexadecimal. */
export function randomCredentials(): S3Credentials {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex');
  return { accessKeyId: hex(16), secretAccessKey: hex(32) };
}

/** The Worker's view of an observer: a function to call, and an allowed origin. */
function observation({ origin, onCallback }: CallbackObserver) {
  const observe = async (request: { json(): Promise<unknown> }) => {
    const { callback, own } = (await request.json()) as {
      callback: ReceivedCallback;
      own: { status: number };
    };
    return Response.json(onCallback(callback, own) ?? null);
  };
  return {
    bindings: { [BINDINGS.origin]: origin },
    serviceBindings: { [BINDINGS.observer]: observe } as NonNullable<
      WorkerOptions['serviceBindings']
    >,
  };
}

/** Miniflare's options: both buckets and the Worker, on loopback. */
function miniflareOptions(
  own: { bucket: string; credentials: S3Credentials },
  foreignBucket: string,
  secret: string,
  { persistTo, observer, strict = false }: SandboxOptions,
): MiniflareOptions {
  const host = '127.0.0.1';
  const observed = observer === undefined ? undefined : observation(observer);
  return {
    host,
    port: 0,
    name: 'orchestrator',
    modules: true,
    script: ORCHESTRATOR_WORKER,
    compatibilityDate: '2026-07-01',
    // Bypasses Miniflare's entry, which adds headers: callbacks are recorded as they were sent.
    unsafeDirectSockets: [{ host, port: 0 }],
    durableObjects: { [BINDINGS.batches]: { className: BATCH_CLASS, useSQLite: true } },
    bindings: { [BINDINGS.secret]: secret, [BINDINGS.strict]: strict, ...observed?.bindings },
    ...(observed === undefined ? {} : { serviceBindings: observed.serviceBindings }),
    r2Buckets: {
      [BINDINGS.bucket]: { id: own.bucket, s3Credentials: own.credentials },
      FOREIGN: { id: foreignBucket, s3Credentials: randomCredentials() },
    },
    // Otherwise Miniflare asks Cloudflare's servers for the contents of request.cf.
    cf: false,
    ...(persistTo === undefined ? {} : { defaultPersistRoot: persistTo }),
  };
}

/** Base addresses of the two servers, without a trailing slash. */
async function addresses(mf: Miniflare) {
  const entry = await mf.ready;
  const direct = await mf.unsafeGetDirectURL('orchestrator');
  return { endpoint: `${entry.origin}/cdn-cgi/local/r2/s3`, url: direct.origin };
}

/** The variables of a run, by the contract's names. */
function environment(sandbox: Pick<Sandbox, 'bucket' | 'credentials' | 'endpoint'>) {
  return (batchId: string, taskId: string, inputKey: string, callbackUrl: string) => ({
    TASK_ID: taskId,
    BATCH_ID: batchId,
    INPUT_R2_KEY: inputKey,
    R2_ACCOUNT_ID: ACCOUNT_ID,
    R2_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    R2_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    R2_BUCKET: sandbox.bucket,
    R2_ENDPOINT: sandbox.endpoint,
    CALLBACK_URL: callbackUrl,
  });
}

/**
 * Starts one Miniflare that stands in for R2, with its S3 endpoint, and for the orchestrator.
 *
 * @throws Error if it does not start after three attempts; the signal's reason, if aborted
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { bucket = 'arke-staging', credentials = randomCredentials(), signal } = options;
  const foreignBucket = `${bucket}-foreign`;
  const secret = randomBytes(16).toString('hex');
  const runtime = await launch(
    miniflareOptions({ bucket, credentials }, foreignBucket, secret, options),
    { ...START_LIMITS, signal },
  );
  const { mf } = runtime;
  const { endpoint, url } = await addresses(mf);
  const control = controlAccess(mf, secret);
  const orchestrator = orchestratorAccess(url, control);
  const r2 = (await mf.getR2Bucket(BINDINGS.bucket)) as unknown as R2Binding;
  const variables = environment({ bucket, credentials, endpoint });

  let stopping: Promise<void> | undefined;
  return {
    endpoint,
    url,
    bucket,
    foreignBucket,
    credentials,
    ...bucketAccess(r2, control),
    ...orchestrator,
    environment: (batchId, taskId, key) =>
      variables(batchId, taskId, key, orchestrator.callbackUrl(batchId, taskId)),
    stop() {
      stopping ??= runtime.stop();
      return stopping;
    },
  };
}
