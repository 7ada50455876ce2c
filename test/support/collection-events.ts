import type {
  CollectionEvent,
  CollectionSummary,
  PageRecord,
} from '../../src/lib/collection/events.ts';

const MB = 1024 * 1024;

/** A run over so many TIFFs of 1 MB each has begun. */
export function started(files: number): CollectionEvent {
  return { event: 'collection.started', files, source_bytes: files * MB, jobs: 2 };
}

/** A TIFF of a million pixels and 1 MB. */
function source(name: string) {
  return {
    input: `${name}.tif`,
    output: `${name}.jpg`,
    source_bytes: MB,
    kind: 'RGB 8-bit LZW',
    pixels: 1e6,
  };
}

export function begun(name: string): CollectionEvent {
  return { event: 'file.started', ...source(name) };
}

/** A page of a million pixels. */
export function page(name: string, more: Partial<PageRecord> = {}): PageRecord {
  return {
    page: 1,
    output: `${name}.jpg`,
    width: 1250,
    height: 800,
    channels: 3,
    bytes: 20_480,
    ms: 900,
    cpu_seconds: 0.5,
    peak_bytes: 100 * MB,
    effort: 'max',
    reader: 'sharp',
    notes: [],
    ...more,
  };
}

export function converted(
  name: string,
  pages: readonly [PageRecord, ...PageRecord[]] = [page(name)],
): CollectionEvent {
  return { event: 'file.ended', ...source(name), status: 'converted', ms: 1000, pages };
}

export function skipped(name: string): CollectionEvent {
  return { event: 'file.ended', ...source(name), status: 'skipped', pages: [page(name)] };
}

export function failed(name: string, message = 'It is broken. Mend it.'): CollectionEvent {
  const error = { code: 'UNREADABLE_TIFF', message } as const;
  return { event: 'file.ended', ...source(name), status: 'failed', ms: 5, error };
}

/** What a dry run says of a TIFF that would be converted. */
export function due(name: string): CollectionEvent {
  const plan = { effort: 'max', reader: 'sharp', reason: 'it fits', output_bytes: 20_480 };
  const figures = { cpu_seconds: 0.11, peak_bytes: 100 * MB };
  const pages = [{ page: 1, output: `${name}.jpg`, ...plan, ...figures }] as const;
  return { event: 'file.planned', ...source(name), status: 'due', pages };
}

export function ended(summary: Partial<CollectionSummary>): CollectionEvent {
  return {
    event: 'collection.ended',
    files: 0,
    converted: 0,
    skipped: 0,
    failed: 0,
    left: 0,
    folders_unread: 0,
    files_unread: 0,
    warnings: { files: 0, by_code: {} },
    source_bytes: 0,
    output_bytes: 0,
    pixels: 0,
    ms: 0,
    ...summary,
  };
}

/** The events, as a run gives them. */
export async function* run(...events: CollectionEvent[]): AsyncGenerator<CollectionEvent> {
  yield* events;
}
