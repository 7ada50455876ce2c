import { choosePages, type PageSelection, pageOption } from '../../convert/choose-pages.ts';
import type { EncoderSettings } from '../../convert/encoder-settings.ts';
import type { LocalConversion } from '../../convert/local-files.ts';
import { withLonePage } from '../../convert/lone-page.ts';
import { priceOfComparison } from '../../convert/plan/comparison-price.ts';
import type { Price } from '../../convert/plan/price.ts';
import { type ReadablePage, readable } from '../../convert/plan/readable.ts';
import { type TiffPages, tiffPages } from '../../convert/tiff-pages.ts';
import { measureLikeness } from '../../convert/verify/compare-with-tiff.ts';
import { type JpegFacts, readJpegFacts } from '../../convert/verify/jpeg-facts.ts';
import { refuseUnlike } from '../../convert/verify/judge.ts';
import { boundsOfJpeg, codingOf, settingsOfJpeg } from '../../convert/verify/settings-of-jpeg.ts';
import { ConversionError, FileError } from '../../errors.ts';
import { pageOutputs } from '../../outputs/local-pages.ts';
import { openPageFiles } from '../../outputs/page-files.ts';
import type { PagePlan, PageRecord, SourceRecord } from '../events.ts';
import { failureOf } from '../failure.ts';
import { type FileState, readableState, stateOf } from '../file-state.ts';
import type { CollectionItem, Converted, ConvertingTools, DueItem } from '../item.ts';
import type { Recorded } from '../local/recorded.ts';
import type { Sources } from '../local/sources.ts';
import { describePages } from '../plan-pages.ts';
import type { VerifyRunOptions } from './options.ts';
import { forgetVerified, linesOfVerified, verifiedBefore } from './verified-before.ts';
import type { VerifiedRecords } from './verified-records.ts';

/** What all pairs of a run share. */
export interface VerifyRun {
  readonly options: VerifyRunOptions;
  readonly records: VerifiedRecords;
  readonly sources: Sources;
}

/** A JPEG as it was before it was compared with its page. */
export interface FoundJpeg {
  /** Counted from 1. */
  readonly page: number;
  readonly output: string;
  readonly state: FileState;
  readonly head: JpegFacts;
  readonly encoder: EncoderSettings;
  readonly reader: string;
  readonly price: Price;
}

/** A TIFF and the JPEGs that are to be like it, as an item of a run. */
export function verifyItem(
  { input, output }: LocalConversion,
  { options, records, sources }: VerifyRun,
): CollectionItem {
  const sourceBytes = sources.bytesOf(input);
  const unknown = { kind: undefined, pixels: undefined };
  return {
    input,
    output,
    sourceBytes,
    plan: async ({ signal }) => {
      const start = performance.now();
      let source: SourceRecord = { input, output, source_bytes: sourceBytes, ...unknown };
      try {
        const state = await readableState(input);
        source = { ...source, source_bytes: state.bytes };
        const record = await records.of(output);
        const recorded = { record, input, source: state, sourceHash: undefined, signal };
        const before = await verifiedBefore(output, recorded, options);
        if (before) return { ...source, ...before };
        const find = async () => {
          const chosen = await choosePages(input, options.pages, input);
          source = { ...source, ...describePages(chosen) };
          return dueItem(source, chosen, recorded, options);
        };
        return await orForget(find(), output, recorded, options);
      } catch (error) {
        signal.throwIfAborted();
        const ms = Math.round(performance.now() - start);
        return { ...source, status: 'failed', ms, error: failureOf(error) };
      }
    },
  };
}

/**
 * The result of looking at JPEGs; if that fails, they no longer count as verified. A damaged disk
 * changes neither sizes nor times.
 */
async function orForget<T>(
  looking: Promise<T>,
  output: string,
  recorded: Recorded,
  { dryRun }: VerifyRunOptions,
): Promise<T> {
  try {
    return await looking;
  } catch (error) {
    recorded.signal.throwIfAborted();
    if (!dryRun) await forgetVerified(output, recorded);
    throw error;
  }
}

async function dueItem(
  source: SourceRecord,
  chosen: PageSelection,
  recorded: Recorded,
  options: VerifyRunOptions,
): Promise<DueItem> {
  const tiff = tiffPages(chosen.header, source.input);
  const outputs = pageOutputs(source.output, chosen.numbers);
  const jpegs: FoundJpeg[] = [];
  for (const [index, page] of chosen.numbers.entries())
    jpegs.push(await findJpeg(outputs[index] ?? '', page, tiff, options));
  const [first, ...others] = jpegs.map(planOf);
  if (!first) throw new Error('A verification has no page.');
  return {
    status: 'due',
    source,
    plans: [first, ...others],
    peakBytes: Math.max(...jpegs.map(({ price }) => price.memoryBytes)),
    convert: async (tools) => {
      const compared = { ...chosen, tiff, input: source.input };
      const comparing = compareAll(jpegs, compared, options, tools);
      const pages = await orForget(comparing, source.output, recorded, options);
      const versions = await tools.converter.versions({ signal: tools.signal });
      const seen = { ...source, jpegs, pages, versions };
      await recorded.record.append(await linesOfVerified(seen, recorded, options));
      return { status: 'verified', pages };
    },
  };
}

function planOf({ page, output, head, reader, price, state }: FoundJpeg): PagePlan {
  return {
    page,
    output,
    effort: codingOf(head),
    reader,
    reason: 'as the JPEG is coded',
    cpu_seconds: price.cpuSeconds,
    peak_bytes: price.memoryBytes,
    output_bytes: state.bytes,
  };
}

/**
 * Looks at the JPEG of a page without decoding it. Throws `FileError` if there is none, and
 * `ConversionError`: `UNLIKE` if it cannot be like its page, and what `readable` throws.
 */
async function findJpeg(
  output: string,
  page: number,
  { numbered, file }: TiffPages,
  { asked }: VerifyRunOptions,
): Promise<FoundJpeg> {
  const opened = readable(numbered(page), file);
  const state = await stateOf(output);
  if (!state)
    throw new FileError(
      `"${file.name}" has no JPEG: there is no file ${output}. Convert it, or say where its JPEG is with --out-dir or --pairs.`,
    );
  const head = await readJpegFacts(output);
  if (!head)
    throw new ConversionError(
      'UNLIKE',
      `"${output}" is not a JPEG, or it is cut off. Restore it, or convert "${file.name}" again.`,
    );
  refuseOtherSize(output, head, opened);
  const encoder = settingsOfJpeg(head, asked);
  const price = priceOfComparison(opened, encoder);
  return { page, output, state, head, encoder, reader: opened.reading.reader, price };
}

/**
 * What the heads of both files show, so that thousands of thumbnails cost nothing. What sharp does
 * not read may have another size than its header says, and is decoded first.
 */
function refuseOtherSize(
  output: string,
  { width, height }: JpegFacts,
  { page, name, reading }: ReadablePage,
): void {
  const isAsStored = width === page.width && height === page.height;
  const isTurned = width === page.height && height === page.width;
  if (isAsStored || reading.reader !== 'sharp' || (isTurned && page.orientation >= 5)) return;
  const sizes = `"${output}" has ${width} × ${height} pixels, and its TIFF "${name}" has ${page.width} × ${page.height}`;
  const remedy = isTurned
    ? 'It was turned, or is the JPEG of another TIFF.'
    : 'Only a JPEG of the full size can be compared with its TIFF; for smaller copies, use convert --max-size PX --verify.';
  throw new ConversionError('UNLIKE', `${sizes}. ${remedy}`);
}

/** A TIFF whose pages are compared. */
interface ComparedTiff extends PageSelection {
  readonly tiff: TiffPages;
  readonly input: string;
}

async function compareAll(
  jpegs: readonly FoundJpeg[],
  { tiff, input, header, numbers }: ComparedTiff,
  options: VerifyRunOptions,
  tools: ConvertingTools,
): Promise<Converted['pages']> {
  const { temporaryFolder: folder } = tools.converter;
  const pages: PageRecord[] = [];
  const files = await openPageFiles({ file: input, name: input, header, numbers }, tiff, {
    folder,
  });
  try {
    for (const jpeg of jpegs) {
      const { path = input, own } = (await files.take()) ?? {};
      const compare = (from: TiffPages) => compareOne(path, from, jpeg, options, tools);
      pages.push(await (own ? withLonePage(own, tiff, jpeg.page, compare) : compare(tiff)));
      files.giveBack({ path, own });
    }
  } finally {
    await files.drop();
  }
  const [first, ...others] = pages;
  if (!first) throw new Error('A verification has compared nothing.');
  return [first, ...others];
}

async function compareOne(
  path: string,
  tiff: TiffPages,
  { page, output, head, encoder, reader, state }: FoundJpeg,
  { pages, asked, bounds: usual }: VerifyRunOptions,
  { converter, budget, signal }: ConvertingTools,
): Promise<PageRecord> {
  const start = performance.now();
  const bounds = boundsOfJpeg(head, asked, usual);
  const { comparison, names, cpuSeconds, peakBytes } = await measureLikeness(path, output, {
    ...encoder,
    page: pageOption(pages, page),
    tiff,
    jpegName: output,
    byAny: true,
    bounds,
    converter,
    budget,
    signal,
  });
  refuseUnlike(comparison, bounds, names);
  const { width, height, channels } = head;
  return {
    page,
    output,
    width,
    height,
    channels,
    bytes: state.bytes,
    ms: Math.round(performance.now() - start),
    cpu_seconds: cpuSeconds,
    peak_bytes: peakBytes,
    effort: codingOf(head),
    reader,
    notes: [],
    likeness: comparison.likeness,
  };
}
