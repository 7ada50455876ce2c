import * as v from 'valibot';
import { parseWithPaths } from '../../path-json.ts';
import type { PageRecord } from '../events.ts';

/** What the record says of a JPEG. */
export interface RecordLine {
  readonly v: 1;
  /** Its name; it lies in the folder of the record. */
  readonly output: string;
  /** The way from that folder to its TIFF, with `/` between the steps. */
  readonly source: string;
  readonly source_bytes: number;
  /** Whole milliseconds, as `output_mtime_ms`. */
  readonly source_mtime_ms: number;
  /** Hexadecimal, where checksums were asked for, as `output_sha256`. */
  readonly source_sha256?: string | undefined;
  readonly output_bytes: number;
  readonly output_mtime_ms: number;
  readonly output_sha256?: string | undefined;
  /** What was asked for, in one line: equal lines ask for equal JPEGs. */
  readonly settings: string;
  /** The bounds that it was compared within, in one line, where it was. */
  readonly verified?: string | undefined;
  /** Name and version of the program, and of the libraries that made the pixels. */
  readonly program: string;
  readonly versions: string;
  /** How many JPEGs were made of the TIFF. */
  readonly pages: number;
  readonly kind: string | undefined;
  /** Of all of them. */
  readonly pixels: number | undefined;
  /** Its `output` is a name, too. */
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

/** Reads a line; undefined when it is torn, of another version, or none of ours. */
export function parseLine(text: string): RecordLine | undefined {
  try {
    const result = v.safeParse(schema, parseWithPaths(text));
    return result.success ? (result.output as RecordLine) : undefined;
  } catch {
    return undefined;
  }
}
