import { open } from 'node:fs/promises';
import { missingData, missingValues } from '../../header/completeness.ts';
import type { TiffPage } from '../../header/tiff-header.ts';
import { readTags, type TiffTags } from '../../header/tiff-tags.ts';
import { asSampled, CHECKSUM_CUT, dropsExtras, EXTRAS_DROPPED } from '../../notes-on-samples.ts';
import { colourSamples, isFax } from '../../plan/page-kinds.ts';
import {
  type PlainColours,
  type PlainPicture,
  plainPictureOf,
  plainRowBytes,
  plainSamples,
} from '../../plan/plain-picture.ts';
import { createPlainTiff } from '../plain-tiff.ts';
import type { RewriteRequest, Rewritten } from '../rewrite.ts';
import { COLOUR_TAGS, type ColourMaking, colourMaking } from './colours.ts';
import { FAX_TAGS, faxPage } from './fax/fax-page.ts';
import { notesOnRange } from './notes.ts';
import {
  type Extremes,
  extremesCollector,
  holesOf,
  RANGE_TAGS,
  rangeFromSamples,
  rangeFromTags,
  type SampleRange,
} from './range.ts';
import { forEachRow } from './rows.ts';
import { type ReadSegment, SEGMENT_TAGS, segmentReader } from './segments.ts';

const ICC_PROFILE = 34_675;
/** Tags that the header has already read: BitsPerSample to SampleFormat. */
const PAGE_TAGS = [256, 257, 258, 259, 262, 277, 278, 284, 322, 323, 338, 339, 530];
const WANTED = new Set([
  ...[PAGE_TAGS, SEGMENT_TAGS, FAX_TAGS, RANGE_TAGS, COLOUR_TAGS].flat(),
  ICC_PROFILE,
]);

/** Rows are written in pieces of this size. */
const WRITE_BYTES = 1 << 18;

/**
 * Rewrites a page as a plain TIFF from samples of any depth and format, scaled to 8 bits if that
 * loses nothing and otherwise to 16. Reads the page twice if the range of its samples determines
 * the scale; holds one row of strips or tiles. Throws if any of the page is missing or damaged.
 */
export async function rewriteSamples({
  input,
  output,
  page,
  format,
}: RewriteRequest): Promise<Rewritten> {
  const tags = await readTags(input, page.offset, format, (tag) => WANTED.has(tag));
  if (!tags) throw new Error('its directory cannot be read');
  const file = await open(input);
  try {
    const { size: fileBytes } = await file.stat();
    const lost = missingData(page, fileBytes).find(({ code }) => code !== 'NO_CHECKSUM');
    const missing = lost?.message ?? missingValues(tags);
    if (missing) throw new Error(missing);
    const sampled = asSampled(page);
    const fax = isFax(page) ? faxPage(page, tags) : undefined;
    const read = segmentReader(file, sampled, tags, { fax, fileBytes });
    const plain = plainPictureOf(page, 'samples');
    const looked = holesOf(sampled, tags);
    const range = await rangeOf(sampled, tags, { read, holes: looked });
    const holes = range.source ? looked : undefined;
    const making = colourMaking({ page, tags, range, holes, hasAlpha: plain.alpha !== undefined });
    const icc = iccOf(tags, making.colours);
    const picture = { ...plain, icc };
    await write(output, { picture, page: sampled, read, making, range });
    return {
      picture,
      notes: [
        ...(page.lacksChecksum ? [CHECKSUM_CUT] : []),
        ...notesOnRange(page, range),
        ...(dropsExtras(page, 'samples') ? [EXTRAS_DROPPED] : []),
        ...(fax?.notes() ?? []),
      ],
      warned: false,
    };
  } finally {
    await file.close();
  }
}

async function rangeOf(
  page: TiffPage,
  tags: TiffTags,
  { read, holes }: { readonly read: ReadSegment; readonly holes: Extremes | undefined },
): Promise<SampleRange> {
  const known = rangeFromTags(page, tags);
  if (known) return known;
  const collector = extremesCollector(page.samplesPerPixel, colourSamples(page), holes);
  await forEachRow(page, read, (row) => collector.take(row));
  return rangeFromSamples(page, collector.extremes());
}

/** Signatures of a profile's colour space (ICC.1, 7.2.8); libvips takes Lab as it is. */
const PROFILED: Readonly<Record<PlainColours, string | undefined>> = {
  grey: 'GRAY',
  rgb: 'RGB ',
  cmyk: 'CMYK',
  lab: undefined,
};

/** The page's profile, if it fits the new colours: a Lab profile does not fit RGB. */
function iccOf({ tags }: TiffTags, colours: PlainColours): Uint8Array | undefined {
  const profile = tags.get(ICC_PROFILE)?.bytes;
  const signature = profile && String.fromCharCode(...profile.subarray(16, 20));
  return signature === PROFILED[colours] ? profile : undefined;
}

interface Writing {
  readonly picture: PlainPicture;
  readonly page: TiffPage;
  readonly read: ReadSegment;
  readonly making: ColourMaking;
  readonly range: SampleRange;
}

async function write(
  output: string,
  { picture, page, read, making, range }: Writing,
): Promise<void> {
  const { bits, width, alpha } = picture;
  const writer = await createPlainTiff(output, picture);
  const samples = plainSamples(picture);
  const rowBytes = plainRowBytes(picture);
  const rowsAtOnce = Math.max(1, Math.floor(WRITE_BYTES / rowBytes));
  const rows = new Uint8Array(rowBytes * rowsAtOnce);
  const row8 = bits === 1 ? new Uint8Array(width) : rows;
  const values = bits === 16 ? new Uint16Array(rows.buffer) : row8;
  const most = bits === 16 ? 65_535 : bits === 8 ? 255 : 1;
  const pixel = new Float64Array(4);
  const alphaAt = making.from + page.extraSamples.indexOf(alpha ?? -1);
  try {
    const opacity = opacityOf(page, range);
    let filled = 0;
    await forEachRow(page, read, async (row) => {
      let to = bits === 1 ? 0 : filled * width * samples;
      for (let x = 0, at = 0; x < width; x++, at += page.samplesPerPixel) {
        making.make(row, at, pixel);
        const colours = alpha ? samples - 1 : samples;
        for (let c = 0; c < colours; c++) values[to++] = (pixel[c] as number) * most + 0.5;
        if (alpha) values[to++] = opacity(row[at + alphaAt] as number) * most + 0.5;
      }
      if (bits === 1) packBits(row8, rows.subarray(filled * rowBytes, (filled + 1) * rowBytes));
      if (++filled < rowsAtOnce) return;
      await writer.write(rows);
      filled = 0;
    });
    await writer.write(rows.subarray(0, filled * rowBytes));
    await writer.close();
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/** Packs samples of 0 and 1 into bits, highest bit first. */
function packBits(samples: Uint8Array, into: Uint8Array): void {
  into.fill(0);
  for (let i = 0; i < samples.length; i++)
    into[i >> 3] = (into[i >> 3] as number) | ((samples[i] as number) << (7 - (i & 7)));
}

/** The opacity of an alpha sample, 0 to 1: alpha is not scaled like the colours. */
function opacityOf({ sampleFormat, bitsPerSample }: TiffPage, range: SampleRange) {
  const bits = bitsPerSample[0] ?? 1;
  const opaque = sampleFormat === 3 ? 1 : sampleFormat === 2 ? 2 ** (bits - 1) - 1 : 2 ** bits - 1;
  const most = bits <= 16 && sampleFormat !== 2 && sampleFormat !== 3 ? range.high : opaque;
  return (value: number) => Math.min(1, Math.max(0, value / most));
}
