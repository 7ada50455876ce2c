/**
 * The data of a report's page. Plain data: it travels as JSON inside the page, which does not know
 * Node.
 */
export interface PageData {
  /** What the head says of the run. */
  readonly about: AboutRun;
  /** ISO 8601. */
  readonly startedAt: string;
  /** The common beginning of all names, up to a slash; names are shown without it. */
  readonly folder: string;
  readonly totals: Totals;
  /** The files with warnings, counted by warning; undefined if there are none. */
  readonly warnings?: string | undefined;
  /** The limits that all measured JPEGs are within, in words; undefined if none was measured. */
  readonly limits?: string | undefined;
  readonly unread: readonly Unread[];
  /** The warnings in words, by code. */
  readonly labels: Readonly<Record<string, string>>;
  readonly files: readonly FileRow[];
  readonly sample: readonly SampledFile[];
}

/** Labels, each with the lines of its value; without lines it is left out. */
export type AboutRun = readonly (readonly [label: string, lines: readonly string[]])[];

/** The results of a run. */
export interface Totals {
  readonly files: number;
  readonly converted: number;
  /** Undefined unless JPEGs were verified, and none was made. */
  readonly verified?: number | undefined;
  readonly skipped: number;
  /** Of those skipped, the ones whose JPEGs only exist. */
  readonly existing: number;
  readonly failed: number;
  readonly left: number;
  /** JPEGs, including further pages. */
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

/** A place that could not be read, so TIFFs may be missing. */
export interface Unread {
  readonly kind: 'folder' | 'file';
  readonly path: string;
  /** Why, without the path. */
  readonly message: string;
}

/** A file to review. */
export interface SampledFile {
  /** Its index among the files. */
  readonly file: number;
  /** Why, for people; empty if drawn at random. */
  readonly reasons: readonly string[];
}

/** How a file ended. */
export type Status = 'converted' | 'verified' | 'skipped' | 'failed';

/** A file, as the table has it. */
export interface FileRow {
  readonly name: string;
  readonly status: Status;
  /** Set if it was skipped because its JPEGs exist. */
  readonly existing?: true | undefined;
  /** Set if it was skipped because it was verified before. */
  readonly verified?: true | undefined;
  readonly kind: string;
  readonly sourceBytes: number;
  /** Of all its JPEGs; undefined if there is none. */
  readonly bytes?: number | undefined;
  readonly ms?: number | undefined;
  /** Codes, each once. */
  readonly warnings: readonly string[];
  /** The words for its warnings that say more than those of all files, by code. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly error?: { readonly code: string; readonly message: string } | undefined;
  readonly sourceSha256?: string | undefined;
  readonly pages: readonly PageRow[];
  /** Index of its page that is least like the TIFF, or else 0. */
  readonly worst: number;
  /** How important it is to review it. */
  readonly doubt: number;
  readonly hasThumbnail: boolean;
  /** The section shown by its two pictures; undefined if there are none. */
  readonly shown?: ShownPlace | undefined;
}

/** A JPEG in the page's data. */
export interface PageRow {
  readonly page: number;
  readonly output: string;
  /** Relative link from the report; undefined if it is not on this machine. */
  readonly link?: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly effort: string;
  readonly reader: string;
  readonly ssim?: number | undefined;
  /** Null if the pictures are identical. */
  readonly psnr?: number | null | undefined;
  readonly notes: readonly { readonly code: string; readonly message: string }[];
  readonly sha256?: string | undefined;
}

/** A rectangle of an upright picture, in pixels from its top left. */
export interface SeenRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** A section of a page with pictures in the report. */
export interface ShownPlace extends SeenRegion {
  /** Index of its page. */
  readonly page: number;
  /** Whether it is where the JPEG is least like the TIFF; otherwise it is the middle. */
  readonly isWorst: boolean;
}

/** The `id` of the element with a file's picture as base64. */
export function pictureId(kind: 'thumbnail' | 'before' | 'after', file: number): string {
  return `${kind}-${file}`;
}
