import { pageOutputs } from '../../convert/convert-pages.ts';
import { describeEncoder } from '../../convert/encoder-settings.ts';
import type { ConversionNote } from '../../convert/messages.ts';
import { refuseLosses, refuseNotedLosses, refuseWarnings } from '../../convert/strictness.ts';
import { ArkeError } from '../../errors.ts';
import type { PageRecord } from '../events.ts';
import type { FileState } from '../file-state.ts';
import type { CollectionOptions } from '../options.ts';
import type { RecordLine } from '../record/record-line.ts';
import { isSameSource, type Recorded, recordedOutput } from './recorded.ts';

/** The line of an output that is there and up to date. */
export interface CurrentOutput {
  readonly output: string;
  readonly line: RecordLine;
}

/** What was asked for, as the record has it. */
export function settingsOf({
  encoder,
  pages,
}: Pick<CollectionOptions, 'encoder' | 'pages'>): string {
  return `${describeEncoder(encoder)} pages=${pages}`;
}

/** The bounds that JPEGs are compared within, as the record has them; undefined where they are not compared. */
export function boundsOf({ verify }: Pick<CollectionOptions, 'verify'>): string | undefined {
  return (
    verify &&
    `psnr=${verify.psnrDb} ssim=${verify.ssim} area=${verify.areaDb} levels=${verify.levels}`
  );
}

/**
 * The JPEGs of a TIFF, if all of them are there as they were made, of this TIFF as it is, with the same
 * settings and versions, and hold what is asked of them now; else undefined. Throws what reading throws.
 */
export async function upToDate(
  output: string,
  recorded: Recorded,
  options: CollectionOptions,
  versions: () => Promise<string>,
): Promise<readonly CurrentOutput[] | undefined> {
  const first = await recordedOutput(output, recorded);
  if (!first) return undefined;
  const numbers = Array.from({ length: first.pages }, (_, index) => index + 1);
  const current: CurrentOutput[] = [];
  for (const one of pageOutputs(output, numbers)) {
    const line = one === output ? first : await recordedOutput(one, recorded);
    if (!line || !(await isCurrent(line, recorded, options))) return undefined;
    current.push({ output: one, line });
  }
  // Asked last: a process has to be started for it.
  const now = await versions();
  return current.every(({ line }) => line.versions === now) ? current : undefined;
}

async function isCurrent(
  line: RecordLine,
  recorded: Recorded,
  options: CollectionOptions,
): Promise<boolean> {
  return (
    line.settings === settingsOf(options) &&
    line.program === options.program &&
    (!options.verify || line.verified === boundsOf(options)) &&
    (await isSameSource(line, recorded)) &&
    (!options.preserveTimestamps || hasTimeOf(line, recorded.source)) &&
    (await satisfies(line.record, recorded.input, options))
  );
}

/** FAT keeps times to two seconds. */
const COARSEST_MS = 2_000;

function hasTimeOf({ output_mtime_ms }: RecordLine, { mtimeMs }: FileState): boolean {
  return Math.abs(output_mtime_ms - mtimeMs) <= COARSEST_MS;
}

/** Whether a JPEG would not be refused now: what was recorded of it tells, and for losses the header. */
async function satisfies(
  page: PageRecord,
  name: string,
  { strict, encoder, pages }: CollectionOptions,
): Promise<boolean> {
  const noted = { notes: page.notes as readonly ConversionNote[] };
  try {
    refuseNotedLosses(noted, name, strict);
    refuseWarnings(noted, name, strict);
    await refuseLosses(name, name, strict, { encoder, pages });
    return true;
  } catch (error) {
    if (error instanceof ArkeError) return false;
    throw error;
  }
}

/** What is recorded of a page, with the path of its output as it is called now. */
export function pageRecordOf({ output, line }: CurrentOutput): PageRecord {
  return { ...line.record, output };
}
