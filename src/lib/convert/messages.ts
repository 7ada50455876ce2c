import type { ConversionErrorCode } from '../errors.ts';
import type { EncoderSettings } from './encoder-settings.ts';
import type { TiffPage } from './header/tiff-header.ts';
import type { TiffFormat } from './header/tiff-tags.ts';
import type { PictureSides } from './max-size.ts';
import type { ConversionPlan } from './plan/plan.ts';
import type { Reading } from './plan/reader.ts';
import type { ScratchFiles } from './process/scratch.ts';
import type { Comparison } from './verify/conclusion.ts';
import type { LikenessBounds } from './verify/likeness.ts';

/*
 * The requests to the conversion process and its replies: plain data that travels between
 * processes. One request runs at a time. The caller names the files that stay; temporary files are
 * the converter's own (`process/scratch.ts`).
 */

/** What all requests about a page of a TIFF have in common. */
export interface PageRequest<Paths extends string = never> {
  /** The paths of the TIFF (`input`) and of the request's other files. */
  readonly paths: Readonly<Record<'input' | Paths, string>>;
  /** The page's name in messages. */
  readonly name: string;
  /** The page according to its header. */
  readonly page: TiffPage;
  /** How the file writes numbers. */
  readonly format: TiffFormat;
  readonly reading: Reading;
  /** How its JPEG is made. */
  readonly encoder: EncoderSettings;
}

/** Makes a JPEG by a plan. */
export interface JpegRequest
  extends PageRequest<'output'>,
    Pick<ConversionPlan, 'effort' | 'turn'> {
  readonly kind: 'jpeg';
}

/** Makes a PNG preview of limited size. */
export interface PreviewRequest extends PageRequest<'output'> {
  readonly kind: 'preview';
  readonly most: PictureSides;
}

/** Makes a WebP of limited size from one of our JPEGs (`input`). */
export interface ThumbnailRequest extends Pick<PageRequest<'output'>, 'paths' | 'name'> {
  readonly kind: 'thumbnail';
  readonly most: PictureSides;
}

/**
 * Makes WebPs of one region of the upright picture: `before` from the TIFF, `after` from its JPEG.
 */
export interface PiecesRequest extends PageRequest<'jpeg' | 'before' | 'after'> {
  readonly kind: 'pieces';
  readonly region: Region;
}

/** Compares a JPEG with the page that it was made from. */
export interface ComparisonRequest extends PageRequest<'jpeg'>, Pick<ConversionPlan, 'turn'> {
  readonly kind: 'comparison';
  /** The JPEG's name in messages. */
  readonly jpegName: string;
  /** Whether another program may have made the JPEG, which may then have sRGB's profile. */
  readonly byAny?: boolean | undefined;
  /** Within these bounds the comparison ends without a second JPEG from the same encoder. */
  readonly bounds: LikenessBounds;
}

/** A request to the conversion process. */
export type ConversionRequest =
  | JpegRequest
  | PreviewRequest
  | ThumbnailRequest
  | PiecesRequest
  | ComparisonRequest;

/** The kinds of requests. */
export type RequestKind = ConversionRequest['kind'];

/** A request as it is sent. */
export type SentRequest<Request = ConversionRequest> = Request & {
  /** The paths of its temporary files. */
  readonly scratch: ScratchFiles;
  /** Bytes that the process may hold after rewriting a page, with the thread that did it. */
  readonly mayHold: number;
};

/** The result of each kind of request, besides the files that it makes. */
export interface ConversionResults {
  readonly jpeg: Rendered;
  readonly preview: Noted;
  readonly thumbnail: Noted;
  readonly pieces: Noted;
  readonly comparison: Noted & { readonly comparison: Comparison };
}

/** A rectangle of a picture, in pixels from its top left. */
export interface Region extends PictureSides {
  readonly left: number;
  readonly top: number;
}

/** A remark about a conversion for the reader of its result. */
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

/** What every result has. */
interface Noted {
  /** What differs from the TIFF. */
  readonly notes: readonly ConversionNote[];
}

/** A JPEG made by the conversion process. */
export interface Rendered extends Noted {
  /** In pixels, as the JPEG is displayed. */
  readonly width: number;
  readonly height: number;
  /** 1 for greyscale, else 3. */
  readonly channels: number;
  /** Size of the JPEG in bytes. */
  readonly bytes: number;
}

/** The cost of a conversion to its process so far. */
export interface Cost {
  readonly cpuSeconds: number;
  /** Peak memory of the process, in bytes (Linux: VmHWM). */
  readonly peakBytes: number;
}

/** The memory of the process when it waits for a request. */
interface HeldMemory {
  readonly heldBytes: number;
}

/** A message from the conversion process. */
export type ConversionReply =
  /** Its libraries are loaded; `versions` lists them, for provenance. */
  | ({ readonly kind: 'ready'; readonly versions: string } & HeldMemory)
  /** A sign of life: sent every quarter of a second during a request. */
  | ({ readonly kind: 'progress' } & Cost)
  | ({
      readonly kind: 'done';
      readonly result: ConversionResults[RequestKind];
    } & Cost &
      HeldMemory)
  | ({
      readonly kind: 'failed';
      readonly code: ConversionErrorCode;
      readonly message: string;
    } & HeldMemory)
  /** A fault in our own code, which says nothing about the TIFF. */
  | { readonly kind: 'fault'; readonly message: string; readonly stack: string | undefined }
  /** Its libraries cannot be loaded, or it failed unexpectedly. */
  | { readonly kind: 'broken'; readonly message: string };
