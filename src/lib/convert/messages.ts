import type { ConversionErrorCode } from '../errors.ts';
import type { EncoderSettings } from './encoder-settings.ts';
import type { TiffPage } from './header/tiff-header.ts';
import type { TiffFormat } from './header/tiff-tags.ts';
import type { ConversionPlan } from './plan/plan.ts';
import type { Comparison } from './verify/conclusion.ts';
import type { LikenessBounds } from './verify/likeness.ts';

/** What the conversion process is told to do. Plain data: it travels between processes. */
export interface ConversionJob {
  /** Absolute paths: of the TIFF, of the JPEG, and of files that may be needed between them. */
  readonly input: string;
  readonly output: string;
  readonly scratch: string;
  readonly plain: string;
  /** How the TIFF is called in messages. */
  readonly name: string;
  readonly settings: EncoderSettings;
  /** `memoryBytes` is what it may take; a look, which has no plan of its own, takes no more than a process that waits. */
  readonly plan: Pick<ConversionPlan, 'effort' | 'turn' | 'reading'> &
    Partial<Pick<ConversionPlan, 'memoryBytes'>>;
  /** What the header says of the page to be converted; undefined when it could not be read. */
  readonly page: TiffPage | undefined;
  /** How the file writes its numbers; undefined with the page. */
  readonly format: TiffFormat | undefined;
  /** Makes no JPEG but a PNG of at most so many pixels, for a look. */
  readonly preview?: { readonly width: number; readonly height: number };
  /** Makes no JPEG but a WebP of at most so many pixels of one that was made here. */
  readonly thumbnail?: { readonly jpeg: string; readonly width: number; readonly height: number };
  /** Makes no JPEG but WebPs of one place of the upright picture: `output` of the TIFF, `after` of its JPEG. */
  readonly pieces?: { readonly jpeg: string; readonly after: string; readonly region: Region };
  /** Makes no JPEG to be kept, but compares this one with the page. */
  readonly compare?: JpegToCompare;
}

/** A rectangle of a picture, in pixels from its left top. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A JPEG that was made of a page, to be compared with it. */
export interface JpegToCompare {
  /** Absolute paths: of the JPEG, and for the pixels of the page and of a JPEG. */
  readonly jpeg: string;
  readonly pixels: string;
  readonly decoded: string;
  /** How the JPEG is called in messages. */
  readonly name: string;
  /** Where the comparison may end without asking what the JPEG's own encoder makes of the page. */
  readonly bounds: LikenessBounds;
}

/** Something about a conversion that its reader should know. */
export interface ConversionNote {
  readonly code:
    | 'PAGES_NOT_CONVERTED'
    | 'PAGES_UNREACHABLE'
    | 'THUMBNAIL_SKIPPED'
    | 'ONLY_REDUCED'
    | 'EXTRA_SAMPLES_DROPPED'
    | 'DECODER_WARNING'
    | 'ORIENTATION_TAGGED'
    | 'PIXELS_NOT_SQUARE'
    | 'COLOURS_ASSUMED'
    | 'SAMPLES_SCALED'
    | 'WARNINGS_FORGIVEN'
    | 'FAX_LINES_DAMAGED'
    | 'FAX_ROWS_MISSING'
    | 'CHECKSUM_MISSING'
    | 'METADATA_DROPPED'
    | 'PROFILE_CONVERTED';
  readonly message: string;
}

/** What the conversion process made. */
export interface Rendered {
  /** Pixels, as the JPEG is to be seen. */
  readonly width: number;
  readonly height: number;
  /** 1 for greyscale, else 3. */
  readonly channels: number;
  /** Size of the JPEG in bytes. */
  readonly bytes: number;
  readonly notes: readonly ConversionNote[];
  /** Of a JPEG that was compared. */
  readonly comparison?: Comparison;
}

/** What a conversion has cost its process so far. */
export interface Cost {
  readonly cpuSeconds: number;
  /** The most memory that the process has held, in bytes (Linux: VmHWM). */
  readonly peakBytes: number;
}

/** What the process holds when a job has ended. */
interface Holding {
  readonly heldBytes: number;
}

/** What the conversion process says. */
export type ChildMessage =
  /** Its libraries are loaded; `versions` names them, for provenance. */
  | { readonly kind: 'ready'; readonly versions: string }
  /** It is alive: sent every quarter of a second while a job is under way. */
  | ({ readonly kind: 'progress' } & Cost)
  | ({ readonly kind: 'done'; readonly rendered: Rendered } & Cost & Holding)
  | ({
      readonly kind: 'failed';
      readonly code: ConversionErrorCode;
      readonly message: string;
    } & Holding)
  /** A fault of our own code, which says nothing about the TIFF. */
  | { readonly kind: 'fault'; readonly message: string; readonly stack: string | undefined }
  /** Its libraries cannot be loaded, or it fails in a way that nobody foresaw. */
  | { readonly kind: 'broken'; readonly message: string };
