import { basename } from 'node:path';
import { FileError } from '../../errors.ts';
import { utimes } from '../../files.ts';
import type { MadePage } from '../../outputs/make-pages.ts';
import { sha256Of } from '../checksum.ts';
import type { PageRecord } from '../events.ts';
import { type FileState, readableState, stateOf } from '../file-state.ts';
import type { Converted, ConvertingTools } from '../item.ts';
import type { CollectionRunOptions } from '../options.ts';
import { recordOfPage } from '../page-record.ts';
import type { RecordLine } from '../record/record-line.ts';
import { sourcePath } from './recorded.ts';
import { boundsOf, settingsOf } from './up-to-date.ts';

/** A TIFF whose JPEGs are made, but have no names yet. */
export interface Finishing {
  /** Where it lies, and how it is called in messages. */
  readonly tiff: { readonly path: string; readonly name: string };
  /** As it was before it was converted. */
  readonly source: FileState;
  readonly kind: string | undefined;
  readonly pixels: number | undefined;
  /** How many JPEGs the TIFF has, with those that existed before. */
  readonly count: number;
  readonly tools: ConvertingTools;
}

/**
 * Does with the JPEGs of a TIFF what is left to be done before they get their names: takes
 * checksums, gives them its times; and makes the lines for their record, which has to know them
 * first: a process that is killed in between leaves no JPEG that nobody knows.
 *
 * Throws `FileError` when the TIFF has changed meanwhile, and the signal's reason.
 */
export async function finishPages(
  made: readonly MadePage[],
  finishing: Finishing,
  options: CollectionRunOptions,
): Promise<Converted & { readonly lines: readonly RecordLine[] }> {
  const { tiff, source, kind, pixels, count, tools } = finishing;
  const { program, checksum } = options;
  const source_sha256 = checksum ? await sha256Of(tiff.path, tools.signal) : undefined;
  const versions = await tools.converter.versions({ signal: tools.signal });
  const pages: PageRecord[] = [];
  const lines: RecordLine[] = [];
  for (const one of made) {
    const page = await finishPage(one, finishing, options);
    pages.push(page);
    const { bytes, mtimeMs } = await readableState(one.jpeg);
    const output = basename(page.output);
    lines.push({
      v: 1,
      output,
      source: await sourcePath(tiff.path, page.output),
      source_bytes: source.bytes,
      source_mtime_ms: source.mtimeMs,
      source_sha256,
      output_bytes: bytes,
      output_mtime_ms: mtimeMs,
      output_sha256: page.sha256,
      settings: settingsOf(options),
      verified: boundsOf(options),
      program,
      versions,
      pages: count,
      kind,
      pixels,
      record: { ...page, output },
    });
  }
  await refuseChanged(tiff, source);
  const [first, ...others] = pages;
  if (!first) throw new Error('A conversion made no page.');
  return { pages: [first, ...others], source_sha256, lines };
}

async function finishPage(
  made: MadePage,
  { source, tools }: Finishing,
  options: CollectionRunOptions,
): Promise<PageRecord> {
  const { jpeg } = made;
  const sha256 = options.checksum ? await sha256Of(jpeg, tools.signal) : undefined;
  if (options.preserveTimestamps) await utimes(jpeg, source.accessed, source.modified);
  return recordOfPage(made, { sha256 });
}

/** What is recorded of a TIFF must be true of the one that was converted. */
async function refuseChanged({ path, name }: Finishing['tiff'], source: FileState): Promise<void> {
  const now = await stateOf(path);
  if (now?.id === source.id && now.bytes === source.bytes && now.mtimeMs === source.mtimeMs) return;
  throw new FileError(
    `${name} was changed or replaced during the conversion, so its JPEG was discarded. Convert it again.`,
  );
}
