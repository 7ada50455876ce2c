import type { Effort } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import {
  type ConversionMethod,
  type EncodedKind,
  encodedKind,
  pixelsOf,
  reducedPage,
} from './memory-model.ts';

/*
 * Seconds of one core of the machine in bench/calibration.json. They depend on picture and machine,
 * so they are a guide, not a bound: each conversion is watched while it runs.
 */

/**
 * Each conversion besides its pixels: messages, temporary files, and the record of its JPEG. The
 * start of the process (0.1 s) is not included, because it is reused.
 */
export const EACH = 0.007;
/** Seconds per million decoded samples, by TIFF compression; `other` for all not listed. */
const DECODE: Readonly<Record<number, number>> = {
  1: 0.0004,
  5: 0.004,
  7: 0.0025,
  8: 0.004,
  32946: 0.004,
};
const DECODE_OTHER = 0.006;
/** The same for a progressive JPEG, which is decoded in several passes. */
const DECODE_PROGRESSIVE = 0.014;
/** More per million samples that are stored as planes. */
const DECODE_PLANES = 0.001;
/** Seconds per million pixels encoded. */
const ENCODE: Record<Effort, Record<EncodedKind, number>> = {
  max: { '4:2:0': 0.14, '4:4:4': 0.24, grey: 0.085, bilevel: 0.22 },
  balanced: { '4:2:0': 0.1, '4:4:4': 0.155, grey: 0.06, bilevel: 0.17 },
  fast: { '4:2:0': 0.005, '4:4:4': 0.007, grey: 0.004, bilevel: 0.005 },
};
/** Seconds per million pixels for writing tiles to disk and reading them in another order. */
const TURN: Record<ConversionMethod['turn'], number> = {
  none: 0,
  memory: 0.004,
  disk: 0.007,
  tag: 0,
};

/**
 * Seconds for a reduction: per million samples of the whole picture, and per million pixels of the
 * smaller one. This has more detail in each pixel, which costs mozjpeg up to three times as much.
 */
const REDUCE = { perSample: 0.003, perPixel: 0.04, detail: 3 } as const;

/**
 * Seconds per million pixels in the colour engine: always for CMYK, else for pictures with a
 * profile.
 */
const COLOURS = { cmyk: 0.034, rgb: 0.009 } as const;
/** PhotometricInterpretation of CMYK (TIFF 6.0, section 16). */
const SEPARATED = 5;

/** The CPU seconds of a conversion, in a process that has been started. */
export function predictCpuSeconds(
  page: TiffPage,
  method: Pick<ConversionMethod, 'effort' | 'turn' | 'chromaSubsampling' | 'maxSize'>,
): number {
  const megapixels = pixelsOf(page) / 1e6;
  const wide = Math.max(8, ...page.bitsPerSample) > 8 ? 2 : 1;
  const perSample = page.progressive ? DECODE_PROGRESSIVE : DECODE[page.compression];
  const planes = page.planar ? DECODE_PLANES : 0;
  const decode = ((perSample ?? DECODE_OTHER) * wide + planes) * page.samplesPerPixel;
  const encode = ENCODE[method.effort][encodedKind(page, method.chromaSubsampling)];
  const colours =
    page.photometric === SEPARATED ? COLOURS.cmyk : page.iccBytes > 0 ? COLOURS.rgb : 0;
  const whole = EACH + megapixels * (decode + colours);
  const turn = TURN[method.turn];
  const copy = reducedPage(page, method.maxSize);
  if (copy === page) return whole + megapixels * (encode + turn);
  const reduce = megapixels * REDUCE.perSample * wide * page.samplesPerPixel;
  return (
    whole + reduce + (pixelsOf(copy) / 1e6) * (REDUCE.perPixel + encode * REDUCE.detail + turn)
  );
}
