import type { Effort } from '../encoder-settings.ts';
import type { Turn } from '../plan/memory-model.ts';
import type { Reader } from '../plan/reader-table.ts';
import type { MetadataEntry } from './directory-tags.ts';
import type { IccProfile } from './icc-profile.ts';
import type { Loss } from './loss.ts';
import type { Problem } from './problems.ts';

/** Everything known about a TIFF without decoding it. Plain data. */
export interface Inspection {
  readonly bytes: number;
  readonly format: 'TIFF' | 'BigTIFF';
  readonly byteOrder: 'little-endian' | 'big-endian';
  /** Number of pages, without thumbnails, smaller versions and masks. */
  readonly pages: number;
  /**
   * The page that `first` selects, from 1: not 1 if that is an unmarked thumbnail of another page.
   */
  readonly firstPage: number;
  /**
   * The error with which a conversion would certainly end, with the settings of the inspection.
   * Undefined if only decoding, which an inspection never does, can show whether it fails.
   */
  readonly error: CertainError | undefined;
  /** All directories in the chain, first to last. */
  readonly directories: readonly DirectoryInspection[];
  readonly problems: readonly Problem[];
  /** What the JPEGs will lose, with the settings of the inspection. */
  readonly losses: readonly Loss[];
}

/** One directory (IFD) in the chain of a TIFF. */
export interface DirectoryInspection extends PictureInspection {
  /** Index in the chain, from 0. */
  readonly index: number;
  /** Number of SubIFDs. */
  readonly subDirectories: number;
  /**
   * The readable SubIFDs: if this directory is a smaller version, the picture may be among them.
   */
  readonly subIfds: readonly SubIfdInspection[];
}

/** A directory below one of the chain (SubIFDs, TIFF supplement 1). */
export interface SubIfdInspection extends PictureInspection {
  /** Index below it, from 0. */
  readonly subIfd: number;
}

/** A directory's description of its picture. */
export interface PictureInspection {
  readonly role: 'page' | 'reduced' | 'mask';
  /** The page's number, from 1; undefined if it is not a page. */
  readonly page: number | undefined;
  /** Pixels as stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly bitsPerSample: readonly number[];
  /** Names as in `tiff-names.ts`. */
  readonly sampleFormat: string;
  readonly photometric: string | undefined;
  readonly compression: string;
  readonly planar: boolean;
  /** 1 to 8. */
  readonly orientation: number;
  readonly extraSamples: readonly string[];
  /** Across and down; undefined if the colours are not YCbCr. */
  readonly chromaSubsampling: readonly [number, number] | undefined;
  readonly segments: SegmentsInspection | undefined;
  readonly profile: IccProfile | undefined;
  readonly resolution: ResolutionInspection | undefined;
  readonly metadata: readonly (MetadataEntry & { readonly name: string })[];
  /** How the page would be converted, or why not; undefined if it is not a page. */
  readonly plan: PlanInspection | undefined;
  /** The page's reader; undefined if it is not a page, or has none. */
  readonly reader: Reader | undefined;
}

/** The directory of a page, counted from 1, wherever it is. */
export function pictureOfPage(
  directories: Inspection['directories'],
  number: number,
): PictureInspection | undefined {
  return directories
    .flatMap((directory) => [directory, ...directory.subIfds])
    .find(({ page }) => page === number);
}

/** How the samples are cut into strips or tiles. */
export interface SegmentsInspection {
  readonly kind: 'strips' | 'tiles';
  readonly count: number;
  /** Pixels of one. */
  readonly width: number;
  readonly height: number;
  /** Compressed bytes of all that the page needs. */
  readonly bytes: number;
}

/** Pixels per unit. */
export interface ResolutionInspection {
  readonly x: number;
  readonly y: number;
  readonly unit: 'inch' | 'centimetre' | 'none';
}

/** The error of a conversion. */
export interface CertainError {
  readonly code: string;
  readonly message: string;
}

/** A predicted plan, or the error of the page's conversion. */
export type PlanInspection =
  | {
      readonly effort: Effort;
      readonly turn: Turn;
      readonly reader: Reader;
      /** Why a reader other than sharp is needed; otherwise empty. */
      readonly feature: string;
      readonly memoryBytes: number;
      readonly cpuSeconds: number;
      readonly reason: string;
    }
  | { readonly error: CertainError };
