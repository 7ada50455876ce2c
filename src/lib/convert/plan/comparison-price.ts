import type { EncoderSettings } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { jpegChannels, pixelsOf, predictMemory, reducedPage, type Turn } from './memory-model.ts';
import { plainPage } from './plain-picture.ts';
import { checkedPrice, methodOf, type Price, priceOf } from './price.ts';
import type { ReadablePage } from './readable.ts';

/**
 * How a page is turned for a comparison: on disk, because no JPEG worth the memory is made from it.
 */
export function turnToCompare({ orientation }: Pick<TiffPage, 'orientation'>): Turn {
  return orientation === 1 ? 'none' : 'disk';
}

/*
 * The figures below are fitted to measurements of 2 to 96 megapixels (docs/verify.md, "Cost").
 * Peak: VmHWM of the conversion process.
 */
const MB = 1024 * 1024;
/** The process with its libraries, and what several pictures leave in its heap. */
const BASE = 150 * MB;
/** Rows of the two compared pictures, and libvips' own while it decodes and saves. */
const ROWS = 1900;
/** Bytes that a decoder keeps per pixel of a progressive JPEG: 16 bits per sample (libjpeg). */
const PROGRESSIVE = { '4:2:0': 3, '4:4:4': 6, grey: 2 } as const;
/** What remains of all that while the other JPEG is encoded. */
const LEFT = { bytes: 30 * MB, rows: 1000 } as const;
/**
 * Seconds per million pixels: decodes two JPEGs, encodes one, and compares two pairs of pictures.
 */
const COMPARE = { colour: 0.045, grey: 0.03 } as const;

/**
 * The cost of comparing a finished JPEG with its TIFF in the conversion process. `effort` is the
 * one it was made with: `fast` JPEGs are decoded in constant memory; for others, a second one may
 * have to be made. Never less memory than was measured, and at most 1.5 times as much plus 60 MB if
 * the second one is made. Excludes that one's CPU, because photographs do not need it. Throws as
 * `checkedPrice`.
 */
export function priceOfComparison(
  readable: ReadablePage,
  encoder: Pick<EncoderSettings, 'chromaSubsampling' | 'background' | 'effort' | 'maxSize'>,
): Price {
  const { page, rewriting } = readable;
  const { chromaSubsampling } = encoder;
  const turn = turnToCompare(page);
  const reference = priceOf(readable, { ...methodOf(page, encoder), effort: 'fast', turn });
  const channels = jpegChannels(rewriting?.page ?? page);
  const small = reducedPage(page, encoder.maxSize);
  const pixels = pixelsOf(small);
  const kind = channels === 1 ? 'grey' : 'colour';
  const isFast = encoder.effort === 'fast';
  const coefficients = PROGRESSIVE[channels === 1 ? 'grey' : chromaSubsampling];
  // While it is turned, the longer side of a picture may be a row.
  const row = (page.orientation < 5 ? small.width : Math.max(small.width, small.height)) * channels;
  const decoding = BASE + row * ROWS + (isFast ? 0 : pixels * coefficients);
  const again = { effort: 'balanced', turn: 'none', chromaSubsampling, blended: false } as const;
  const encoding = isFast
    ? 0
    : predictMemory(savedPage(small, channels), again) + LEFT.bytes + row * LEFT.rows;
  return checkedPrice({
    memoryBytes: Math.max(reference.memoryBytes, decoding, encoding),
    cpuSeconds: reference.cpuSeconds + (pixels / 1e6) * COMPARE[kind],
    // The pixels of both pictures, and the other JPEG, which noise makes as large as one of them.
    diskBytes: reference.diskBytes + pixels * channels * 3,
  });
}

/** The page as its saved pixels describe it. */
function savedPage({ width, height, orientation }: TiffPage, channels: 1 | 3): TiffPage {
  const colours = channels === 1 ? 'grey' : 'rgb';
  const size = orientation < 5 ? { width, height } : { width: height, height: width };
  return plainPage({ ...size, colours, bits: 8, orientation: 1 }, 0);
}
