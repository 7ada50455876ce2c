import { describeEncoder } from '../../convert/encoder-settings.ts';
import type { ConversionNote } from '../../convert/messages.ts';
import { isPageList, numbersIn, type PagesSetting, pageListIn } from '../../convert/pages.ts';
import { refuseLosses, refuseNotedLosses, refuseWarnings } from '../../convert/strictness.ts';
import { ArkeError } from '../../errors.ts';
import { pageOutputs } from '../../outputs/local-pages.ts';
import type { PageRecord } from '../events.ts';
import type { FileState } from '../file-state.ts';
import type { CollectionRunOptions } from '../options.ts';
import type { RecordLine } from '../record/record-line.ts';
import { isSameSource, type Recorded, recordedOutput } from './recorded.ts';

/** The line of an existing output that is up to date. */
export interface CurrentOutput {
  readonly output: string;
  readonly line: RecordLine;
}

/** The settings in the form of the record. */
export function settingsOf({
  encoder,
  pages,
}: Pick<CollectionRunOptions, 'encoder' | 'pages'>): string {
  return `${describeEncoder(encoder)} pages=${pages}`;
}

/** The pages that were made together with a first JPEG, from its line; ascending, with its own. */
export function pagesOfLine({ settings, pages }: RecordLine): readonly number[] {
  return numbersOf(pageListIn(settings.split(' pages=')[1]) ?? 'all', pages);
}

/** The numbers in a list, or up to a count. */
function numbersOf(pages: PagesSetting, count: number): readonly number[] {
  if (isPageList(pages)) return numbersIn(pages);
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** The bounds of `--verify` in the form of the record; undefined without it. */
export function boundsOf({ verify }: Pick<CollectionRunOptions, 'verify'>): string | undefined {
  return (
    verify &&
    `psnr=${verify.psnrDb} ssim=${verify.ssim} area=${verify.areaDb} levels=${verify.levels}`
  );
}

/**
 * The JPEGs of a TIFF, if all exist unchanged, were made from this version of it with the same
 * settings and versions, and satisfy the current options; otherwise undefined. Throws what reading
 * throws.
 */
export async function upToDate(
  output: string,
  recorded: Recorded,
  options: CollectionRunOptions,
  versions: () => Promise<string>,
): Promise<readonly CurrentOutput[] | undefined> {
  const first = await recordedOutput(output, recorded);
  if (!first) return undefined;
  const current: CurrentOutput[] = [];
  for (const one of pageOutputs(output, numbersOf(options.pages, first.pages))) {
    const line = one === output ? first : await recordedOutput(one, recorded);
    if (!line || !(await isCurrent(line, recorded, options))) return undefined;
    current.push({ output: one, line });
  }
  // Last, because it starts a process.
  const now = await versions();
  return current.every(({ line }) => line.versions === now) ? current : undefined;
}

async function isCurrent(
  line: RecordLine,
  recorded: Recorded,
  options: CollectionRunOptions,
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

/** FAT stores times in steps of two seconds. */
const COARSEST_MS = 2_000;

function hasTimeOf({ output_mtime_ms }: RecordLine, { mtimeMs }: FileState): boolean {
  return Math.abs(output_mtime_ms - mtimeMs) <= COARSEST_MS;
}

/**
 * Whether a JPEG satisfies the current strictness, from its record, and for losses from the header.
 */
async function satisfies(
  page: PageRecord,
  name: string,
  { strict, encoder, pages }: CollectionRunOptions,
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

/** A page's record, with the output's current path. */
export function pageRecordOf({ output, line }: CurrentOutput): PageRecord {
  return { ...line.record, output };
}
