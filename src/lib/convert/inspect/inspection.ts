import type { Effort } from '../encoder-settings.ts';
import type { Turn } from '../plan/memory-model.ts';
import type { Reader } from '../plan/reader-table.ts';
import type { MetadataEntry } from './directory-tags.ts';
import type { IccProfile } from './icc-profile.ts';
import type { Loss } from './loss.ts';
import type { Problem } from './problems.ts';

/** What can be said of a TIFF without decoding it. Plain data. */
export interface Inspection {
  readonly bytes: number;
  readonly format: 'TIFF' | 'BigTIFF';
  readonly byteOrder: 'little-endian' | 'big-endian';
  /** How many pages there are, without thumbnails, smaller versions and masks. */
  readonly pages: number;
  /** The page that `first` stands for, counted from 1: not 1 where that is a thumbnail of another page, though not called so. */
  readonly firstPage: number;
  /**
   * What converting it would certainly end with, with the settings that the inspection was made for: the very error that
   * converting throws. Undefined where only decoding, which an inspection never does, can show whether it fails.
   */
  readonly error: CertainError | undefined;
  /** All directories in the chain, first to last. */
  readonly directories: readonly DirectoryInspection[];
  readonly problems: readonly Problem[];
  /** What the JPEGs will not have, with the settings that the inspection was made for. */
  readonly losses: readonly Loss[];
}

/** One directory (IFD) in the chain of a TIFF. */
export interface DirectoryInspection extends PictureInspection {
  /** Place in the chain, from 0. */
  readonly index: number;
  /** How many directories hang below this one. */
  readonly subDirectories: number;
  /** Those of them that can be read: where this one is a smaller version, the picture may be among them. */
  readonly subIfds: readonly SubIfdInspection[];
}

/** A directory that hangs below one of the chain (SubIFDs, TIFF supplement 1). */
export interface SubIfdInspection extends PictureInspection {
  /** Place below it, from 0. */
  readonly subIfd: number;
}

/** What a directory says of its picture. */
export interface PictureInspection {
  readonly role: 'page' | 'reduced' | 'mask';
  /** The page's number, from 1; undefined where it is none. */
  readonly page: number | undefined;
  /** Pixels as they are stored, before the orientation is applied. */
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly bitsPerSample: readonly number[];
  /** The names are those of `tiff-names.ts`. */
  readonly sampleFormat: string;
  readonly photometric: string | undefined;
  readonly compression: string;
  readonly planar: boolean;
  /** 1 to 8. */
  readonly orientation: number;
  readonly extraSamples: readonly string[];
  /** Across and down; undefined where the colours are not YCbCr. */
  readonly chromaSubsampling: readonly [number, number] | undefined;
  readonly segments: SegmentsInspection | undefined;
  readonly profile: IccProfile | undefined;
  readonly resolution: ResolutionInspection | undefined;
  readonly metadata: readonly (MetadataEntry & { readonly name: string })[];
  /** How the page would be converted, or why it would not; undefined where it is no page. */
  readonly plan: PlanInspection | undefined;
  /** Who would read the page; undefined where it is no page, or nobody would. */
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

/** How the samples are cut. */
export interface SegmentsInspection {
  readonly kind: 'strips' | 'tiles';
  readonly count: number;
  /** Pixels of one. */
  readonly width: number;
  readonly height: number;
  /** Bytes of all that the page needs, compressed. */
  readonly bytes: number;
}

/** Pixels per unit. */
export interface ResolutionInspection {
  readonly x: number;
  readonly y: number;
  readonly unit: 'inch' | 'centimetre' | 'none';
}

/** The error that a conversion would end with. */
export interface CertainError {
  readonly code: string;
  readonly message: string;
}

/** A predicted plan, or the error that a conversion of the page would end with. */
export type PlanInspection =
  | {
      readonly effort: Effort;
      readonly turn: Turn;
      readonly reader: Reader;
      /** What it is about the page that another reader than sharp is needed; else empty. */
      readonly feature: string;
      readonly memoryBytes: number;
      readonly cpuSeconds: number;
      readonly reason: string;
    }
  | { readonly error: CertainError };
