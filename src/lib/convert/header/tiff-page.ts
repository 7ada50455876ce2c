import type { Resolution } from './resolution.ts';
import type { TagFault } from './tag-faults.ts';
import type { SegmentsUnknown, TiffSegments } from './tiff-segments.ts';

/** One page (or thumbnail, mask, …), as described by its directory (IFD). */
export interface TiffPage {
  /**
   * Index in the chain of directories, from 0, and position of the directory in the file, in bytes.
   */
  readonly index: number;
  readonly offset: number;
  /** Pixels, before the orientation is applied; 0 if unknown. */
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  /** Bits of each sample (at most 64 samples); like the first if not specified, 1 if nothing is. */
  readonly bitsPerSample: readonly number[];
  /**
   * SampleFormat of the first sample, TIFF 6.0 section 19: 1 unsigned (default), 2 signed, 3 float,
   * 4 undefined.
   */
  readonly sampleFormat: number;
  /** Compression, TIFF 6.0 section 3: 1 none (default). */
  readonly compression: number;
  /** PhotometricInterpretation, TIFF 6.0 section 8; if missing, as other readers assume it. */
  readonly photometric: number | undefined;
  /** PhotometricInterpretation is missing. */
  readonly untold?: true | undefined;
  /** The JPEG in its first strip or tile is progressive. */
  readonly progressive?: true | undefined;
  /** LZW from before TIFF 5.0: `markOldLzw`. */
  readonly oldLzw?: true | undefined;
  /** PlanarConfiguration 2: one plane per sample. */
  readonly planar: boolean;
  /** Orientation, 1 to 8; 1 if missing or invalid. */
  readonly orientation: number;
  /**
   * The bits of NewSubfileType, converted from the older SubfileType if necessary: 1 reduced, 2
   * page, 4 mask.
   */
  readonly subfileType: number;
  /** ExtraSamples, TIFF 6.0 section 18: 0 unspecified, 1 associated alpha, 2 unassociated alpha. */
  readonly extraSamples: readonly number[];
  /** InkSet, TIFF 6.0 section 16: 1 CMYK (default, or if the ink names say so), 2 other inks. */
  readonly inkSet: 1 | 2;
  /**
   * YCbCrSubsampling, TIFF 6.0 section 21: across and down, default 2 and 2. For JPEG data, as they
   * say themselves.
   */
  readonly chromaSubsampling: readonly [number, number];
  /** MaxSampleValue of the first sample, TIFF 6.0 section 8, if present. */
  readonly maxSampleValue: number | undefined;
  /** Undefined if missing or invalid. */
  readonly resolution?: Resolution | undefined;
  /** Bytes of the ICC profile; 0 if there is none. */
  readonly iccBytes: number;
  /** Undefined if the file does not tell, or its values cannot be used. */
  readonly segments: TiffSegments | undefined;
  /** Why `segments` is undefined. */
  readonly segmentsUnknown?: SegmentsUnknown | undefined;
  /** Whether the file ends inside or just before the checksum of Deflate data (`lacksChecksum`). */
  readonly lacksChecksum?: boolean | undefined;
  /**
   * Where an old-style JPEG in one piece (JPEGInterchangeFormat) ends in the file; its strips need
   * not be listed.
   */
  readonly wholeJpegEnd?: number | undefined;
  /** Faults of single tags: `readTagFaults`. */
  readonly tagFaults?: readonly TagFault[] | undefined;
  /**
   * Index below the directory at `index` (SubIFDs, TIFF supplement 1), from 0: first those listed
   * in the tag, then those chained to them. Undefined for directories of the main chain.
   */
  readonly subIfd?: number | undefined;
  /** Whether the SubIFDs tag lists it. */
  readonly listed?: boolean | undefined;
  /**
   * Position of its parent directory in the file, in bytes; for camera pictures the parent has the
   * metadata.
   */
  readonly above?: number | undefined;
  /** The directories below it that can be read; SubIFDs have none. */
  readonly subIfds?: readonly TiffPage[] | undefined;
  /** Its SubIFDs tag lists others that cannot be read. */
  readonly lacksSubIfds?: true | undefined;
  /**
   * It is the only one in the chain of its file, whatever the header says of others:
   * `withLonePage`.
   */
  readonly alone?: true;
}
