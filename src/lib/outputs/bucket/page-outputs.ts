import { numbersIn } from '../../convert/pages.ts';
import { StorageError } from '../../errors.ts';
import { inParallel } from '../../in-parallel.ts';
import { outputKeys } from '../../keys.ts';
import type { IsFree } from '../../storage/list-objects.ts';
import type { ObjectInfo } from '../../storage/objects.ts';
import { leftPagesWarning, pageChangedWarning } from '../left-pages.ts';
import { findOutput, type KnownKeys, type OutputRequest, type OutputSlot } from './output.ts';
import { isOfSameBytes, type Provenance, pageCountOf, pageListOf, pageOf } from './provenance.ts';

/** The JPEG of one page: what it must be, and where it goes or already is. */
export interface PageOutput {
  readonly request: OutputRequest;
  readonly slot: OutputSlot;
}

/** The JPEGs of a task: the one named in the callback, and those of further pages in order. */
export interface Outputs {
  readonly first: PageOutput;
  /** As far as they are known: before the TIFF is read, from the metadata of the first one. */
  readonly further: readonly PageOutput[];
}

/**
 * Requests at once while pages are looked up or uploaded: enough to hide most of the latency
 * (docs/performance.md, "Pages of one task").
 */
export const PARALLEL_PAGES = 8;

/**
 * Finds where the JPEG goes. If all pages are wanted and its metadata say that it was made with
 * further pages, finds those too. Throws as `findOutput`.
 */
export async function findOutputs(request: OutputRequest, known: KnownKeys = {}): Promise<Outputs> {
  const slot = await findOutput(request, known);
  const { pageCount, pageList } = request.provenance;
  const several = slot.kind === 'done' && (pageCount !== undefined || pageList !== undefined);
  const numbers = several ? furtherOf(request.provenance, pageCountOf(slot.object) ?? 1) : [];
  const first = { request, slot };
  // A list would not help: its metadata say that they exist.
  return { first, further: await lookUpFurther(first, numbers, known.isFree) };
}

/** The numbers of the further pages: those of a list, or up to a count. */
function furtherOf({ pageList }: Pick<Provenance, 'pageList'>, count: number): readonly number[] {
  if (pageList !== undefined) return numbersIn(pageList).slice(1);
  return Array.from({ length: count - 1 }, (_, further) => further + 2);
}

/** The same outputs once the TIFF is read and it is known which page `first` is. */
export function outputsKnowing({ first, further }: Outputs, firstPage: number): Outputs {
  const { request } = first;
  const page = request.provenance.isFirst ? firstPage : request.provenance.page;
  const provenance = { ...request.provenance, page, firstPage };
  return { first: { ...first, request: { ...request, provenance } }, further };
}

/**
 * The outputs of a TIFF of which `count` pages are wanted, all or those of a page list. Asks only
 * for the objects of further pages that a list of the bucket has: `isFree`, or else one of their
 * own. Throws as `findOutput`.
 */
export async function findAllOutputs(
  { first, further }: Outputs,
  count: number,
  isFree?: IsFree,
): Promise<Outputs> {
  const { pageList } = first.request.provenance;
  const pageCount = pageList === undefined ? count : undefined;
  const provenance = { ...first.request.provenance, pageCount };
  const request = { ...first.request, provenance };
  const named = { ...first, request };
  if (further.length === count - 1) return { first: named, further: further.map(knowing(request)) };
  const free = isFree ?? (await freePages(named, count));
  const numbers = furtherOf(provenance, count);
  return { first: named, further: await lookUpFurther(named, numbers, free) };
}

/** An output that is still to be made. */
export interface OpenOutput extends PageOutput {
  readonly slot: Extract<OutputSlot, { kind: 'open' }>;
  /** Counted from 1. */
  readonly page: number;
  /** Whether it is the one named in a callback. */
  readonly isFirst: boolean;
}

/** What becomes of outputs that exist. */
export interface ExistingOutputs {
  /** Those of this worker are made again, even if they are up to date. */
  readonly force?: boolean | undefined;
  /** None is made again, whoever made it. */
  readonly skipExisting?: boolean | undefined;
}

/** The outputs to make: those that are missing or outdated; the first page first. */
export function openOutputs(
  { first, further }: Outputs,
  { force, skipExisting }: ExistingOutputs = {},
): OpenOutput[] {
  return [first, ...further].flatMap(({ request, slot }, index) => {
    const open = { request, page: request.provenance.page, isFirst: index === 0 };
    if (skipExisting && isThere(slot)) return [];
    if (slot.kind === 'open') return [{ ...open, slot }];
    return force ? [{ ...open, slot: reopened(slot) }] : [];
  });
}

/** Whether an object has the preferred key, or is this worker's. */
function isThere(slot: OutputSlot): boolean {
  return slot.kind === 'done' || slot.outdated !== undefined || slot.taken.length > 0;
}

/** Our own JPEG, to be replaced if it is still the same by then. */
function reopened({ object, taken }: Extract<OutputSlot, { kind: 'done' }>): OpenOutput['slot'] {
  const condition = { kind: 'unchanged', etag: object.etag } as const;
  return { kind: 'open', key: object.key, condition, taken, outdated: object };
}

/** The object under the first key if nothing is left to make. */
export function finished({ first, further }: Outputs): ObjectInfo | undefined {
  const done = further.every(({ slot }) => slot.kind === 'done');
  return done && first.slot.kind === 'done' ? first.slot.object : undefined;
}

/**
 * The warning about JPEGs of further pages from an earlier version of the TIFF that nothing will
 * replace if these pages are wanted now: they stay beside its JPEGs. Only the first page to be
 * replaced knows of them; undefined if there are none.
 */
export function leftPagesMessage(
  { request, slot }: PageOutput,
  [, ...further]: readonly number[],
): string | undefined {
  const before = slot.kind === 'open' ? slot.outdated : undefined;
  if (!before || isOfSameBytes(before, request.provenance)) return undefined;
  const { sourceKey, pageList } = request.provenance;
  const listed = pageListOf(before);
  const made = furtherOf({ pageList: listed }, pageCountOf(before) ?? 1);
  return leftPagesWarning({
    pages: made.filter((page) => !further.includes(page)),
    nameOf: (page) => outputKeys(sourceKey, page)[0],
    source: sourceKey,
    hadMore: pageList === undefined && listed === undefined,
  });
}

/** The warning that a first JPEG to be replaced is of another page; undefined if it is not. */
export function pageChangedMessage({ request, slot }: PageOutput): string | undefined {
  const before = slot.kind === 'open' ? slot.outdated : undefined;
  const { page, sourceKey } = request.provenance;
  if (!before || pageOf(before) === String(page)) return undefined;
  return pageChangedWarning(before.key, { source: sourceKey, from: pageOf(before), to: page });
}

/** The output of a further page, with what is known now about all pages. */
function knowing({ provenance: first }: OutputRequest): (output: PageOutput) => PageOutput {
  return ({ request, slot }) => {
    const { page } = request.provenance;
    return { request: { ...request, provenance: furtherProvenance(first, page) }, slot };
  };
}

function furtherProvenance(first: Provenance, page: number): Provenance {
  return { ...first, page, pageCount: undefined, pageList: undefined };
}

function lookUpFurther(
  output: PageOutput,
  pages: readonly number[],
  isFree: IsFree | undefined,
): Promise<PageOutput[]> {
  const first = output.request;
  const { signal } = first.options;
  return inParallel(
    pages,
    async (page, signal) => {
      const keys = keysOfFurther(output, page);
      const request = { ...first, provenance: furtherProvenance(first.provenance, page), keys };
      const options = { ...first.options, signal };
      return { request, slot: await findOutput({ ...request, options }, { isFree }) };
    },
    { limit: PARALLEL_PAGES, signal },
  );
}

/**
 * The outputs of further pages as they are to be called by now. They are uploaded before the first
 * page, whose key they follow: if only a list shows that this key is free, it is asked for once.
 * Throws as `findOutput`.
 */
export async function renamedFurther(
  first: PageOutput | undefined,
  further: readonly PageOutput[],
  signal: AbortSignal,
): Promise<readonly PageOutput[]> {
  if (first?.slot.kind !== 'open' || !first.slot.isUnseen || further.length === 0) return further;
  const { request } = first;
  const now = {
    request,
    slot: await findOutput({ ...request, options: { ...request.options, signal } }),
  };
  if (keyOf(now) === first.slot.key) return further;
  return inParallel(
    further,
    async ({ request }, signal) => {
      const named = { ...request, keys: keysOfFurther(now, request.provenance.page) };
      const options = { ...request.options, signal };
      return { request: named, slot: await findOutput({ ...named, options }) };
    },
    { limit: PARALLEL_PAGES, signal },
  );
}

function keyOf({ slot }: PageOutput): string {
  return slot.kind === 'done' ? slot.object.key : slot.key;
}

/**
 * If the first page had to take its second name, further pages do the same: beside the `image.jpg`
 * of another TIFF, `image.page-2.jpg` would pass for that TIFF's.
 */
function keysOfFurther(first: PageOutput, page: number): OutputRequest['keys'] {
  const { request } = first;
  const names = outputKeys(request.provenance.sourceKey, page);
  return keyOf(first) === request.keys[0] ? names : [names[1] ?? names[0], names[0]];
}

/**
 * The free ones among the preferred keys of further pages, by a list of all keys that begin like
 * them. Undefined for a single further page, and if R2 refuses to list, as it may for a token that
 * is limited to objects: then each is looked up.
 */
async function freePages(first: PageOutput, count: number): Promise<IsFree | undefined> {
  if (count <= 2) return undefined;
  const { storage, options } = first.request;
  const { freeKeys, listObjects } = await import('../../storage/list-objects.ts');
  const prefix = sharedBeginning(keysOfFurther(first, 2)[0], keysOfFurther(first, 3)[0]);
  try {
    return freeKeys(prefix, await listObjects(storage, prefix, options));
  } catch (error) {
    if (error instanceof StorageError && !error.retryable) return undefined;
    throw error;
  }
}

/** For pages 2 and 3: up to the number, as in `image.page-`. */
function sharedBeginning(one: string, other: string): string {
  let end = 0;
  while (end < one.length && one[end] === other[end]) end++;
  return one.slice(0, end);
}
