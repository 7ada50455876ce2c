import { basename } from 'node:path';
import { pageOutputs } from '../../outputs/local-pages.ts';
import type { PageRecord, SkippedRecord, SourceRecord } from '../events.ts';
import type { FileState } from '../file-state.ts';
import { isSameSource, type Recorded, recordedOutput, sourcePath } from '../local/recorded.ts';
import { boundsOf, pagesOfLine } from '../local/up-to-date.ts';
import type { RecordLine } from '../record/record-line.ts';
import type { VerifyRunOptions } from './options.ts';

/** What was asked of the JPEGs, in the form of the record. */
function askedOf({ asked: { quality, background }, pages }: VerifyRunOptions): string {
  return `verify quality=${quality ?? 'own'} background=${encodeURIComponent(background)} pages=${pages}`;
}

/** A TIFF whose JPEGs were verified, and neither has changed since. */
type VerifiedBefore = Pick<SkippedRecord, 'status' | 'verified' | 'pages' | 'kind' | 'pixels'>;

/**
 * What is recorded of JPEGs that were found to be like their TIFF, with the same options, if none
 * of the files has changed since, by size and time; otherwise undefined. Decodes nothing. Throws
 * `FileError` if a file cannot be read.
 */
export async function verifiedBefore(
  output: string,
  recorded: Recorded,
  options: VerifyRunOptions,
): Promise<VerifiedBefore | undefined> {
  const isSame = async (line: RecordLine) =>
    line.settings === askedOf(options) &&
    line.verified === boundsOf({ verify: options.bounds }) &&
    (await isSameSource(line, recorded));
  const first = options.force ? undefined : await recordedOutput(output, recorded);
  if (!first || !(await isSame(first))) return undefined;
  const pages: PageRecord[] = [];
  for (const one of pageOutputs(output, pagesOfLine(first))) {
    const line = one === output ? first : await recordedOutput(one, recorded);
    if (!line || !(await isSame(line))) return undefined;
    pages.push({ ...line.record, output: one });
  }
  const { kind, pixels } = first;
  return { status: 'skipped', verified: true, pages, kind, pixels };
}

/**
 * Records that JPEGs are not known to be like their TIFF any more, if they were. Throws `FileError`
 * if a file cannot be read.
 */
export async function forgetVerified(output: string, recorded: Recorded): Promise<void> {
  const line = await recordedOutput(output, recorded);
  if (line?.verified !== undefined)
    await recorded.record.append([{ ...line, verified: undefined }]);
}

/** A TIFF whose JPEGs are like it, with their state before they were compared. */
interface SeenJpegs extends Pick<SourceRecord, 'kind' | 'pixels'> {
  readonly jpegs: readonly { readonly state: FileState }[];
  /** One for each JPEG. */
  readonly pages: readonly PageRecord[];
  /** Of the libraries behind the pixels. */
  readonly versions: string;
}

/** The lines that record verified JPEGs. */
export function linesOfVerified(
  { jpegs, pages, kind, pixels, versions }: SeenJpegs,
  { input, source }: Recorded,
  options: VerifyRunOptions,
): Promise<readonly RecordLine[]> {
  return Promise.all(
    pages.map(async (page, index): Promise<RecordLine> => {
      const output = basename(page.output);
      const state = jpegs[index]?.state;
      return {
        v: 1,
        output,
        source: await sourcePath(input, page.output),
        source_bytes: source.bytes,
        source_mtime_ms: source.mtimeMs,
        output_bytes: page.bytes,
        output_mtime_ms: state?.mtimeMs ?? 0,
        settings: askedOf(options),
        verified: boundsOf({ verify: options.bounds }),
        program: options.program,
        versions,
        pages: pages.length,
        kind,
        pixels,
        record: { ...page, output },
      };
    }),
  );
}
