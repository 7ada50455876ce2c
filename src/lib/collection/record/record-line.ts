import * as v from 'valibot';
import { parseWithPaths } from '../../path-json.ts';
import type { PageRecord } from '../events.ts';

/** The record of a JPEG. */
export interface RecordLine {
  readonly v: 1;
  /** Its name in the record's folder. */
  readonly output: string;
  /** The path from that folder to its TIFF, with `/`. */
  readonly source: string;
  readonly source_bytes: number;
  /** Whole milliseconds, like `output_mtime_ms`. */
  readonly source_mtime_ms: number;
  /** Hexadecimal, if checksums are on, like `output_sha256`. */
  readonly source_sha256?: string | undefined;
  readonly output_bytes: number;
  readonly output_mtime_ms: number;
  readonly output_sha256?: string | undefined;
  /** The settings in one line: equal lines make equal JPEGs. */
  readonly settings: string;
  /** The bounds of the comparison in one line, if it was compared. */
  readonly verified?: string | undefined;
  /** Name and version of the program, and of the libraries behind the pixels. */
  readonly program: string;
  readonly versions: string;
  /** How many JPEGs were made from the TIFF. */
  readonly pages: number;
  readonly kind: string | undefined;
  /** Of all pages. */
  readonly pixels: number | undefined;
  /** Its `output` is also a name. */
  readonly record: PageRecord;
}

const optionalText = v.optional(v.string());
const nearness = { psnr_db: v.optional(v.number()), ssim: v.number() };
const note = v.object({ code: v.string(), message: v.string() });
const pageRecord = v.object({
  page: v.number(),
  output: v.string(),
  width: v.number(),
  height: v.number(),
  channels: v.number(),
  bytes: v.number(),
  ms: v.number(),
  cpu_seconds: v.number(),
  peak_bytes: v.number(),
  effort: v.string(),
  reader: v.string(),
  notes: v.array(note),
  likeness: v.optional(
    v.object({
      ...nearness,
      expected: v.optional(v.object(nearness)),
      worst: v.optional(v.object({ x: v.number(), y: v.number(), ssim: v.number() })),
    }),
  ),
  sha256: optionalText,
});
const schema = v.object({
  v: v.literal(1),
  output: v.string(),
  source: v.string(),
  source_bytes: v.number(),
  source_mtime_ms: v.number(),
  source_sha256: optionalText,
  output_bytes: v.number(),
  output_mtime_ms: v.number(),
  output_sha256: optionalText,
  settings: v.string(),
  verified: optionalText,
  program: v.string(),
  versions: v.string(),
  pages: v.number(),
  kind: optionalText,
  pixels: v.optional(v.number()),
  record: pageRecord,
});

/** The beginning of a line whose name needs no decoding. */
const PLAIN_START = /^\{"v":1,"output":"([^"\\]*)",(?!"output_base64")/;

/** The JPEG that a line is about, whatever else is wrong with it; undefined if it is not ours. */
export function outputOf(text: string): string | undefined {
  return PLAIN_START.exec(text)?.[1] ?? parseLine(text)?.output;
}

/** Parses a line; undefined if it is torn, of another version, or not ours. */
export function parseLine(text: string): RecordLine | undefined {
  try {
    const result = v.safeParse(schema, parseWithPaths(text));
    return result.success ? (result.output as RecordLine) : undefined;
  } catch {
    return undefined;
  }
}
