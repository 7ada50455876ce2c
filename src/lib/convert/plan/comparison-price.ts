import type { EncoderSettings } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { jpegChannels, pixelsOf, predictMemory, type Turn } from './memory-model.ts';
import { plainPage } from './plain-picture.ts';
import { checkedPrice, type Price, priceOf, subjectOf, wayOf } from './price.ts';
import type { Reading } from './reader.ts';

/** How a page is turned to be compared: by way of the disk, as no JPEG is made of it that is worth memory. */
export function turnToCompare({ orientation }: Pick<TiffPage, 'orientation'>): Turn {
  return orientation === 1 ? 'none' : 'disk';
}

/*
 * The figures below are fitted to measurements of 2 to 96 megapixels (docs/verify.md, "What it takes"). Peak: VmHWM of
 * the conversion process.
 */
const MB = 1024 * 1024;
/** The process with its libraries, and what several pictures, one after the other, leave in its heap. */
const BASE = 150 * MB;
/** Rows of the two pictures that are compared, and libvips' own while it decodes and saves. */
const ROWS = 1900;
/** What a decoder keeps of each pixel of a progressive JPEG, in bytes: 16 bits for a sample (libjpeg). */
const PROGRESSIVE = { '4:2:0': 3, '4:4:4': 6, grey: 2 } as const;
/** What is left of all that when the other JPEG is encoded. */
const LEFT = { bytes: 30 * MB, rows: 1000 } as const;
/** Seconds per million pixels: two JPEGs are decoded, one is encoded, and two pairs of pictures are compared. */
const COMPARE = { colour: 0.045, grey: 0.03 } as const;

/**
 * What comparing a JPEG with its TIFF takes of the conversion process, once the JPEG is there; `effort` is the one
 * that it was made with: `fast` JPEGs are decoded in constant memory, of the others another one may have to be
 * made. Never less memory than was measured, and at most 1.5 times as much and 60 MB where the other one is made. Its
 * CPU is not in it: photographs do not need it. Throws as `checkedPrice`.
 */
export function priceOfComparison(
  page: TiffPage,
  reading: Reading,
  settings: Pick<EncoderSettings, 'chromaSubsampling' | 'background' | 'effort'>,
  fileBytes = page.segments?.end ?? 0,
): Price {
  const subject = subjectOf(page, reading, fileBytes);
  const { chromaSubsampling } = settings;
  const way = { ...wayOf(page, settings), effort: 'fast', turn: turnToCompare(page) } as const;
  const reference = priceOf(subject, way);
  const channels = jpegChannels(subject.rewriting?.page ?? page);
  const pixels = pixelsOf(page);
  const kind = channels === 1 ? 'grey' : 'colour';
  const isFast = settings.effort === 'fast';
  const coefficients = PROGRESSIVE[channels === 1 ? 'grey' : chromaSubsampling];
  // A picture that is turned has the longer of its sides as rows once.
  const row = (page.orientation < 5 ? page.width : Math.max(page.width, page.height)) * channels;
  const decoding = BASE + row * ROWS + (isFast ? 0 : pixels * coefficients);
  const again = { effort: 'balanced', turn: 'none', chromaSubsampling, blended: false } as const;
  const encoding = isFast
    ? 0
    : predictMemory(savedPage(page, channels), again) + LEFT.bytes + row * LEFT.rows;
  return checkedPrice({
    memoryBytes: Math.max(reference.memoryBytes, decoding, encoding),
    cpuSeconds: reference.cpuSeconds + (pixels / 1e6) * COMPARE[kind],
    // The pixels of both pictures, and the other JPEG, which noise makes as large as one of them.
    diskBytes: reference.diskBytes + pixels * channels * 3,
  });
}

/** The page as its pixels are saved. */
function savedPage({ width, height, orientation }: TiffPage, channels: 1 | 3): TiffPage {
  const colours = channels === 1 ? 'grey' : 'rgb';
  const size = orientation < 5 ? { width, height } : { width: height, height: width };
  return plainPage({ ...size, colours, bits: 8, orientation: 1 }, 0);
}
