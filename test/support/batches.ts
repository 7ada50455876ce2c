import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import { convertObjects } from '../../src/lib/batch/convert-objects.ts';
import { findTiffs, type TiffRequest } from '../../src/lib/batch/find-tiffs.ts';
import type { BatchOptions } from '../../src/lib/batch/options.ts';
import type { CollectionEvent, FilePlan, FileRecord } from '../../src/lib/collection/events.ts';
import { defaultEncoderSettings } from '../../src/lib/convert/encoder-settings.ts';
import type { FaultOf } from './fault.ts';
import { type FaultServer, startFaultServer } from './fault-server.ts';
import { quickRetry, withStorage } from './storage.ts';

/** How a run in a test differs from a usual one. */
export interface BatchChanges extends Partial<Omit<BatchOptions, 'storage'>> {
  readonly find?: Partial<Omit<TiffRequest, 'prefix'>>;
  readonly faultOf?: FaultOf;
  /** Called when the TIFFs are listed, before the first is looked at. */
  readonly onListed?: () => Promise<void>;
}

/** What a run has told. */
export interface ToldBatch {
  readonly events: readonly CollectionEvent[];
  /** How the files ended (or would), by their keys without what all have in common. */
  readonly ends: Readonly<Record<string, FileRecord | FilePlan>>;
  readonly summary: Extract<CollectionEvent, { event: 'collection.ended' }>;
  /** Its warnings, without what all keys have in common. */
  readonly warnings: readonly string[];
  /** The requests for objects, as `METHOD name`; those that list are left out. */
  readonly requests: readonly string[];
}

/** What a run in a test is told, if nothing else is said. */
const usual: Omit<BatchOptions, 'storage' | 'signal'> = {
  encoder: defaultEncoderSettings,
  pages: 'first',
  budget: {},
  jobs: 2,
  force: false,
  failFast: false,
  dryRun: false,
  program: 'arke-tiff/test',
  policy: quickRetry,
};

/** Puts objects under a prefix, some at once. */
export async function putAll(
  sandbox: Sandbox,
  prefix: string,
  objects: Iterable<readonly [name: string, bytes: Uint8Array]>,
): Promise<void> {
  const queue = [...objects].values();
  const work = async () => {
    for (const [name, bytes] of queue) await sandbox.putObject(prefix + name, bytes);
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

/** Converts the TIFFs under a prefix of the sandbox's bucket. Throws what finding them throws. */
export async function runBatch(
  sandbox: Sandbox,
  prefix: string,
  { find, faultOf = () => undefined, onListed, ...changes }: BatchChanges = {},
): Promise<ToldBatch> {
  await using server = await startFaultServer(sandbox.endpoint, faultOf);
  const events: CollectionEvent[] = [];
  await withStorage(sandbox, server.url, async (storage) => {
    const request = { prefix, include: [], exclude: [], ...find };
    const { tiffs, isFree } = await findTiffs(storage, request, { policy: quickRetry });
    await onListed?.();
    const signal = new AbortController().signal;
    for await (const event of convertObjects(tiffs, {
      ...usual,
      signal,
      ...changes,
      storage,
      isFree,
    }))
      events.push(event);
  });
  const [summary] = events.slice(-1);
  if (summary?.event !== 'collection.ended') throw new Error('The run has no end.');
  const bare = (text: string) => text.replaceAll(prefix, '');
  const ends = events.flatMap((event) =>
    event.event === 'file.ended' || event.event === 'file.planned'
      ? [[bare(event.input), event] as const]
      : [],
  );
  return {
    events,
    summary,
    ends: Object.fromEntries(ends),
    warnings: events.flatMap((event) =>
      event.event === 'collection.warning' ? [bare(event.message)] : [],
    ),
    requests: requestsTo(server, `/${sandbox.bucket}/${prefix}`),
  };
}

function requestsTo({ seen }: FaultServer, place: string): string[] {
  return seen.flatMap(({ method, url }) => {
    const path = decodeURIComponent(url.split('?')[0] ?? '');
    const at = path.indexOf(place);
    return at < 0 ? [] : [`${method} ${path.slice(at + place.length)}`];
  });
}

/** How each file ended, in one word. */
export function wordsOf({ ends }: Pick<ToldBatch, 'ends'>): Record<string, string> {
  return Object.fromEntries(Object.entries(ends).map(([name, { status }]) => [name, status]));
}

/**
 * All objects under a prefix by their keys without it: their bytes and metadata, as the same text
 * when they are the same.
 */
export async function objectsUnder(sandbox: Sandbox, prefix: string): Promise<Map<string, string>> {
  const objects = new Map<string, string>();
  for (const key of await sandbox.listKeys(prefix)) {
    const object = await sandbox.getObject(key);
    const metadata = JSON.stringify(object?.metadata).replaceAll(encodeURIComponent(prefix), '');
    objects.set(key.slice(prefix.length), `${object?.etag} ${object?.contentType} ${metadata}`);
  }
  return objects;
}
