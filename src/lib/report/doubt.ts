import type { FileRecord, Likeness, PageRecord } from '../collection/events.ts';
import { warningCodesOf } from '../collection/warning-count.ts';
import { ownLabels, WARNING_LABELS } from './warning-labels.ts';

/** How important it is to review a file. */
export interface Doubt {
  /** 1 or more; 1 if there are no doubts. */
  readonly weight: number;
  /** The doubts, for people, the heaviest first. */
  readonly reasons: readonly string[];
}

/** Weights relative to a file without doubts. */
const LEAST_ALIKE = 30;
const RARE = 8;
/** By warning: how much the picture itself may have suffered. Others count as `OTHER_WARNING`. */
const WARNINGS: Readonly<Record<string, number>> = {
  DECODER_WARNING: 12,
  WARNINGS_FORGIVEN: 12,
  FAX_LINES_DAMAGED: 20,
  FAX_ROWS_MISSING: 20,
  CHECKSUM_MISSING: 20,
  ONLY_REDUCED: 20,
  PAGES_UNREACHABLE: 12,
  THUMBNAIL_SKIPPED: 8,
  SAMPLES_SCALED: 10,
  EXTRA_SAMPLES_DROPPED: 8,
  COLOURS_ASSUMED: 20,
  PIXELS_NOT_SQUARE: 2,
  METADATA_DROPPED: 1,
  PROFILE_CONVERTED: 1,
};
const OTHER_WARNING = 4;

/** A kind of TIFF is rare if it is at most this share of the files, or a single one among many. */
const RARE_SHARE = 0.02;
const MANY = 20;
/** Files among this share of the lowest SSIM are marked. */
const LOW_SHARE = 0.05;

/** The JPEGs of a file; none if it failed. */
export function jpegsOf(record: FileRecord): readonly PageRecord[] {
  return record.status === 'failed' ? [] : record.pages;
}

/** The page with the lowest similarity, or else the first; undefined if there is no JPEG. */
export function worstPageOf(record: FileRecord): PageRecord | undefined {
  return worstOf(jpegsOf(record));
}

/** The same among pages. */
export function worstOf(pages: readonly PageRecord[]): PageRecord | undefined {
  return pages.reduce<PageRecord | undefined>(
    (worst, page) => (worst && ssimOf(page) >= ssimOf(worst) ? worst : page),
    undefined,
  );
}

/** Unmeasured pages count as best. */
function ssimOf({ likeness }: { readonly likeness?: Likeness | undefined }): number {
  return likeness?.ssim ?? Number.POSITIVE_INFINITY;
}

/** The doubts about each file, in order. */
export function doubtsOf(records: readonly FileRecord[]): readonly Doubt[] {
  const kinds = countsOf(records.map(({ kind }) => kind));
  const places = placesBySsim(records);
  return records.map((record) => {
    const labels = { ...WARNING_LABELS, ...ownLabels(jpegsOf(record)) };
    const doubts = [
      ...lowSsim(places.get(record)),
      ...warningCodesOf(record).map((code) => ({
        weight: WARNINGS[code] ?? OTHER_WARNING,
        reason: labels[code],
      })),
      ...rareKind(record.kind, kinds, records.length),
    ].sort((a, b) => b.weight - a.weight);
    return {
      weight: doubts.reduce((sum, { weight }) => sum + weight, 1),
      reasons: doubts.flatMap(({ reason }) => reason ?? []),
    };
  });
}

interface PartOfDoubt {
  readonly weight: number;
  readonly reason?: string;
}

/**
 * A file's rank from the lowest SSIM, as a share from 0 to 1 of the measured files; none for
 * identical pictures.
 */
function placesBySsim(records: readonly FileRecord[]): ReadonlyMap<FileRecord, number> {
  const measured = records
    .map((record) => ({ record, ssim: worstPageOf(record)?.likeness?.ssim }))
    .filter((file): file is { record: FileRecord; ssim: number } => file.ssim !== undefined)
    .sort((a, b) => a.ssim - b.ssim);
  const places = measured.map(({ record, ssim }, i) => ({
    record,
    ssim,
    place: i / measured.length,
  }));
  return new Map(places.filter(({ ssim }) => ssim < 1).map(({ record, place }) => [record, place]));
}

function lowSsim(place: number | undefined): PartOfDoubt[] {
  if (place === undefined) return [];
  // Falls steeply: half is left at the lowest 8 %, a thousandth in the middle.
  const weight = LEAST_ALIKE * (1 - place) ** 8;
  return [place < LOW_SHARE ? { weight, reason: 'low SSIM' } : { weight }];
}

function rareKind(
  kind: string | undefined,
  kinds: ReadonlyMap<string | undefined, number>,
  files: number,
): PartOfDoubt[] {
  const count = kinds.get(kind) ?? 0;
  const isRare = count <= files * RARE_SHARE || (count === 1 && files >= MANY);
  if (kind === undefined || !isRare) return [];
  return [{ weight: RARE / count + 1, reason: `rare kind: ${kind}` }];
}

function countsOf<T>(values: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
