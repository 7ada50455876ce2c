import { createHash } from 'node:crypto';
import { describeEncoder, type EncoderSettings } from '../convert/encoder-settings.ts';
import { MAX_PAGES } from '../convert/header/limits.ts';
import type { PagesSetting } from '../convert/pages.ts';
import { tagOf } from '../storage/etags.ts';
import type { ObjectInfo } from '../storage/objects.ts';

/**
 * What stands for task and batch in the provenance of a JPEG that `batch` has made. The same for all, so that a run that was
 * stopped and gone on with leaves what an uninterrupted one leaves.
 */
export const NO_TASK = 'arke-tiff-batch';

/** Where a JPEG comes from and what made it. */
export interface Provenance {
  readonly sourceKey: string;
  /** As R2 sends it. */
  readonly sourceEtag: string;
  readonly taskId: string;
  readonly batchId: string;
  readonly encoder: EncoderSettings;
  /** Names and versions of the program and its libraries. */
  readonly versions: string;
  /** Which page of the TIFF, counted from 1; of `first`, 1 until the TIFF is read. */
  readonly page: number;
  /** Whether `first` chose it. */
  readonly isFirst?: boolean | undefined;
  /** The page that `first` stands for in this TIFF; undefined until it is read. */
  readonly firstPage?: number | undefined;
  /**
   * Of the first page when all are converted: how many there are, so that the others can be looked for
   * before the TIFF is read; `unread` until it is.
   */
  readonly pageCount?: number | 'unread' | undefined;
}

/** The provenance of the JPEG of a TIFF's first page, or of the one page that is wanted. */
export function firstProvenance({
  pages,
  ...about
}: Omit<Provenance, 'page' | 'pageCount'> & { readonly pages: PagesSetting }): Provenance {
  return {
    ...about,
    page: typeof pages === 'number' ? pages : 1,
    isFirst: pages === 'first',
    pageCount: pages === 'all' ? 'unread' : undefined,
  };
}

/** What a JPEG in R2 is to us. */
export type Ownership =
  /** Made from the same page of the same source key, by the same settings and versions, from the same bytes. */
  | 'current'
  /** Made from the same source key, but the source, the page, the settings or the versions are others now. */
  | 'outdated'
  /** Not made by this worker from this source key: never to be overwritten. */
  | 'foreign';

/**
 * The provenance as custom metadata of an object: ASCII, as headers must be, so keys and ids are
 * percent-encoded.
 */
export function toMetadata(provenance: Provenance): Record<string, string> {
  const { pageCount, firstPage = 1 } = provenance;
  return {
    'arke-source-key': encoded(provenance.sourceKey, MAX_ENCODED_KEY),
    'arke-source-etag': encodedEtag(provenance.sourceEtag),
    'arke-task-id': encodedId(provenance.taskId),
    'arke-batch-id': encodedId(provenance.batchId),
    'arke-encoder': describeEncoder(provenance.encoder),
    'arke-versions': provenance.versions,
    'arke-page': String(provenance.page),
    ...(firstPage === 1 ? {} : { 'arke-first-page': String(firstPage) }),
    ...(typeof pageCount === 'number' ? { 'arke-page-count': String(pageCount) } : {}),
  };
}

/** The number of pages that lie beside a first page; undefined when it was not made with all others. */
export function pageCountOf({ metadata }: ObjectInfo): number | undefined {
  const count = metadata['arke-page-count'] ?? '';
  return /^[1-9]\d{0,8}$/.test(count) && Number(count) <= MAX_PAGES ? Number(count) : undefined;
}

/** Whether an object was made of the very bytes that a JPEG is to be made of. */
export function isOfSameBytes(
  { metadata }: ObjectInfo,
  { sourceEtag }: Pick<Provenance, 'sourceEtag'>,
): boolean {
  return metadata['arke-source-etag'] === encodedEtag(sourceEtag);
}

/** Whether an object was made by this worker from the source key, whatever bytes it had. */
export function isMadeOf({ metadata }: ObjectInfo, sourceKey: string): boolean {
  return metadata['arke-source-key'] === encoded(sourceKey, MAX_ENCODED_KEY);
}

/** The longest source key that stands in the metadata itself, encoded; all metadata must fit into 2 KB in some stores. */
const MAX_ENCODED_KEY = 1_024;

/** The longest id that does. */
const MAX_ENCODED_ID = 256;

/** What the hash of a key or an id begins with: nothing that is percent-encoded has a colon. */
export const HASHED = 'sha256:';

function encodedEtag(etag: string): string {
  return encodeURIComponent(tagOf(etag));
}

/** The id of a task or a batch as metadata have it. */
export function encodedId(id: string): string {
  return encoded(id, MAX_ENCODED_ID);
}

/** A key or an id as metadata can hold it: percent-encoded, or its hash where that would be longer than so many characters. */
function encoded(text: string, most: number): string {
  const plain = encodeURIComponent(text.toWellFormed());
  if (plain.length <= most) return plain;
  return `${HASHED}${createHash('sha256').update(text).digest('hex')}`;
}

/** What must agree for a JPEG to be up to date; the task and batch that made it may differ. */
const CURRENT = ['arke-source-etag', 'arke-encoder', 'arke-versions'] as const;

/** Compares an object that lies under an output key with the JPEG that is to be made. */
export function ownershipOf(object: ObjectInfo, provenance: Provenance): Ownership {
  const wanted = toMetadata(provenance);
  const found = object.metadata;
  if (!isMadeOf(object, provenance.sourceKey)) return 'foreign';
  // A JPEG of 0 bytes would be dropped by the orchestrator, whatever its metadata say.
  const same = object.size > 0 && CURRENT.every((name) => found[name] === wanted[name]);
  return same && isSamePage(object, provenance) ? 'current' : 'outdated';
}

/**
 * Where nothing is said of a page, it is the first: JPEGs were made before there was a choice. What `first` stands for in the TIFF,
 * the JPEG says itself, so that it can be looked for before the TIFF is read.
 */
function isSamePage(object: ObjectInfo, { page, isFirst, pageCount }: Provenance): boolean {
  const count = pageCountOf(object);
  const wanted = isFirst ? (object.metadata['arke-first-page'] ?? '1') : String(page);
  if ((object.metadata['arke-page'] ?? '1') !== wanted) return false;
  return pageCount === 'unread'
    ? count !== undefined
    : pageCount === undefined || pageCount === count;
}
