import { createHash } from 'node:crypto';
import { describeEncoder, type EncoderSettings } from '../../convert/encoder-settings.ts';
import { MAX_PAGES } from '../../convert/header/limits.ts';
import {
  isPageList,
  numbersIn,
  type PageList,
  type PagesSetting,
  pageListIn,
} from '../../convert/pages.ts';
import { tagOf } from '../../storage/etags.ts';
import type { ObjectInfo } from '../../storage/objects.ts';

/**
 * Stands for task and batch in the provenance of a JPEG made by `batch`. Always the same, so a
 * resumed run leaves the same objects as an uninterrupted one.
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
  /** The page of the TIFF, counted from 1; for `first`, 1 until the TIFF is read. */
  readonly page: number;
  /** Whether `first` chose it. */
  readonly isFirst?: boolean | undefined;
  /** The page that `first` means in this TIFF; undefined until it is read. */
  readonly firstPage?: number | undefined;
  /**
   * For the first page when all are converted: the number of pages, so that the others can be found
   * before the TIFF is read; `unread` until it is.
   */
  readonly pageCount?: number | 'unread' | undefined;
  /** For the first page of a list: that list. */
  readonly pageList?: PageList | undefined;
}

/** The provenance of the JPEG of a TIFF's first page, or of the only page that is wanted. */
export function firstProvenance({
  pages,
  ...about
}: Omit<Provenance, 'page' | 'pageCount'> & { readonly pages: PagesSetting }): Provenance {
  if (isPageList(pages)) return { ...about, page: numbersIn(pages)[0], pageList: pages };
  return {
    ...about,
    page: typeof pages === 'number' ? pages : 1,
    isFirst: pages === 'first',
    pageCount: pages === 'all' ? 'unread' : undefined,
  };
}

/** Whose JPEG an object in R2 is. */
export type Ownership =
  /** Made from the same page, bytes and source key, with the same settings and versions. */
  | 'current'
  /**
   * Made from the same source key, but its bytes, the page, the settings or the versions have
   * changed.
   */
  | 'outdated'
  /** Not made by this worker from this source key: never overwritten. */
  | 'foreign';

/**
 * The provenance as custom metadata of an object: ASCII, as headers must be, so keys and ids are
 * percent-encoded.
 */
export function toMetadata(provenance: Provenance): Record<string, string> {
  const { pageCount, pageList, firstPage = 1 } = provenance;
  return {
    'arke-source-key': encoded(provenance.sourceKey, MAX_ENCODED_KEY),
    'arke-source-etag': encodedEtag(provenance.sourceEtag),
    'arke-task-id': encodedId(provenance.taskId),
    'arke-batch-id': encodedId(provenance.batchId),
    'arke-encoder': describeEncoder(provenance.encoder),
    'arke-versions': provenance.versions,
    'arke-page': String(provenance.page),
    ...(firstPage === 1 ? {} : { 'arke-first-page': String(firstPage) }),
    ...(pageList === undefined ? {} : { 'arke-pages': short(pageList) }),
    ...(typeof pageCount === 'number' ? { 'arke-page-count': String(pageCount) } : {}),
  };
}

/** The page that a JPEG shows: JPEGs without an entry were made before there was a choice. */
export function pageOf({ metadata }: ObjectInfo): string {
  return metadata['arke-page'] ?? '1';
}

/** The number of pages made together with a first page; undefined if it was made alone. */
export function pageCountOf({ metadata }: ObjectInfo): number | undefined {
  const count = metadata['arke-page-count'] ?? '';
  return /^[1-9]\d{0,8}$/.test(count) && Number(count) <= MAX_PAGES ? Number(count) : undefined;
}

/** The list of pages made together with a first page; undefined if none was given. */
export function pageListOf({ metadata }: ObjectInfo): PageList | undefined {
  return pageListIn(metadata['arke-pages']);
}

/** Whether an object was made from exactly the bytes that a JPEG is to be made from. */
export function isOfSameBytes(
  { metadata }: ObjectInfo,
  { sourceEtag }: Pick<Provenance, 'sourceEtag'>,
): boolean {
  return metadata['arke-source-etag'] === encodedEtag(sourceEtag);
}

/** Whether this worker made an object from the source key, whatever its bytes were. */
export function isMadeOf({ metadata }: ObjectInfo, sourceKey: string): boolean {
  return metadata['arke-source-key'] === encoded(sourceKey, MAX_ENCODED_KEY);
}

/** The longest encoded source key stored unhashed; some stores limit all metadata to 2 KB. */
const MAX_ENCODED_KEY = 1_024;

/** The longest encoded id stored unhashed. */
const MAX_ENCODED_ID = 256;

/** The prefix of a hashed key or id: percent-encoded text has no colon. */
export const HASHED = 'sha256:';

function encodedEtag(etag: string): string {
  return encodeURIComponent(tagOf(etag));
}

/** The id of a task or a batch as stored in metadata. */
export function encodedId(id: string): string {
  return encoded(id, MAX_ENCODED_ID);
}

/** A page list as it is, which is only compared, or hashed if it is long. */
function short(pageList: string): string {
  return pageList.length <= MAX_ENCODED_ID ? pageList : hashed(pageList);
}

/** A key or an id for metadata: percent-encoded, or hashed if that exceeds `most` characters. */
function encoded(text: string, most: number): string {
  const plain = encodeURIComponent(text.toWellFormed());
  if (plain.length <= most) return plain;
  return hashed(text);
}

function hashed(text: string): string {
  return `${HASHED}${createHash('sha256').update(text).digest('hex')}`;
}

/** What must agree for a JPEG to be up to date; task and batch may differ. */
const CURRENT = ['arke-source-etag', 'arke-encoder', 'arke-versions'] as const;

/** Compares the object under an output key with the JPEG to be made. */
export function ownershipOf(object: ObjectInfo, provenance: Provenance): Ownership {
  const wanted = toMetadata(provenance);
  const found = object.metadata;
  if (!isMadeOf(object, provenance.sourceKey)) return 'foreign';
  // The orchestrator drops a JPEG of 0 bytes, whatever its metadata say.
  const same = object.size > 0 && CURRENT.every((name) => found[name] === wanted[name]);
  return same && isSamePage(object, provenance) ? 'current' : 'outdated';
}

/** The JPEG itself says which page `first` meant, so it can be checked before the TIFF is read. */
function isSamePage(
  object: ObjectInfo,
  { page, isFirst, pageCount, pageList }: Provenance,
): boolean {
  const count = pageCountOf(object);
  const wanted = isFirst ? (object.metadata['arke-first-page'] ?? '1') : String(page);
  if (pageOf(object) !== wanted) return false;
  if (object.metadata['arke-pages'] !== (pageList && short(pageList))) return false;
  return pageCount === 'unread'
    ? count !== undefined
    : pageCount === undefined || pageCount === count;
}
