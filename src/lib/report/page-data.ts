/** What the page of a report knows. Plain data: it travels as JSON inside the page, which knows nothing of Node. */
export interface PageData {
  readonly program: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** What all names begin with, up to a slash; names are told without it. */
  readonly folder: string;
  /** How the JPEGs were made, as one line. */
  readonly settings: string;
  readonly totals: Totals;
  /** The files with warnings, counted by what the warnings say; undefined where there are none. */
  readonly warnings?: string | undefined;
  readonly unread: readonly Unread[];
  readonly files: readonly FileRow[];
  readonly sample: readonly SampledFile[];
}

/** What the run came to. */
export interface Totals {
  readonly files: number;
  readonly converted: number;
  readonly skipped: number;
  readonly failed: number;
  readonly left: number;
  /** JPEGs, further pages included. */
  readonly jpegs: number;
  /** JPEGs that were compared with their TIFFs. */
  readonly compared: number;
  /** Files with warnings. */
  readonly warned: number;
  /** Of the TIFFs that have JPEGs, and of those JPEGs. */
  readonly sourceBytes: number;
  readonly bytes: number;
  readonly pixels: number;
  readonly ms: number;
  readonly stopped?: string | undefined;
}

/** A place that could not be read, so that TIFFs may be missing. */
export interface Unread {
  readonly kind: 'folder' | 'file';
  readonly path: string;
  /** Why, without the path. */
  readonly message: string;
}

/** A file that a person is asked to look at. */
export interface SampledFile {
  /** Its place among the files. */
  readonly file: number;
  /** Why, for people; empty when it was drawn by lot alone. */
  readonly reasons: readonly string[];
}

/** How a file ended. */
export type Status = 'converted' | 'skipped' | 'failed';

/** A file, as the table has it. */
export interface FileRow {
  readonly name: string;
  readonly status: Status;
  readonly kind: string;
  readonly sourceBytes: number;
  /** Of all its JPEGs; undefined where there is none. */
  readonly bytes?: number | undefined;
  readonly ms?: number | undefined;
  /** Codes, each once. */
  readonly warnings: readonly string[];
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  readonly sourceSha256?: string | undefined;
  readonly pages: readonly PageRow[];
  /** The place among its pages of the one that is least like the TIFF, or else 0. */
  readonly worst: number;
  /** How much a person should want to look at it. */
  readonly doubt: number;
  readonly hasThumbnail: boolean;
  /** Where the two pictures in the page come from; undefined where there are none. */
  readonly shown?: ShownPlace | undefined;
}

/** A JPEG, as the page tells of it. */
export interface PageRow {
  readonly page: number;
  readonly output: string;
  /** From the report to the JPEG; undefined where it is not on this machine. */
  readonly link?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly effort: string;
  readonly reader: string;
  readonly ssim?: number | undefined;
  /** Null where the pictures are identical. */
  readonly psnr?: number | null | undefined;
  readonly notes: readonly { readonly code: string; readonly message: string }[];
  readonly sha256?: string | undefined;
}

/** A rectangle of a picture as it is seen, in pixels from its left top. */
export interface SeenRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A place of a page that the report has pictures of. */
export interface ShownPlace extends SeenRegion {
  /** Its page's place among the pages. */
  readonly page: number;
  /** Whether it is where the JPEG is least like the TIFF; else it is the middle. */
  readonly isWorst: boolean;
}

/** The `id` of the element that holds a picture of a file, as base64. */
export function pictureId(kind: 'thumbnail' | 'before' | 'after', file: number): string {
  return `${kind}-${file}`;
}
