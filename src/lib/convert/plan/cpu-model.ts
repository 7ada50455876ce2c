import type { Effort } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { type EncodedKind, encodedKind, pixelsOf, type Way } from './memory-model.ts';

/*
 * Seconds of one core of the machine in bench/calibration.json. They depend on the picture and on the
 * machine, so they are a guide and no bound: what a conversion really takes is watched while it runs.
 */

/** Start-up of the process and its libraries, with which each conversion is reckoned to begin. */
export const START = 0.1;
/** Seconds per million samples decoded, by TIFF's compression; `other` for those that are not named. */
const DECODE: Readonly<Record<number, number>> = {
  1: 0.0004,
  5: 0.004,
  7: 0.0025,
  8: 0.004,
  32946: 0.004,
};
const DECODE_OTHER = 0.006;
/** The same for a progressive JPEG, which is gone through several times. */
const DECODE_PROGRESSIVE = 0.014;
/** Seconds per million pixels encoded. */
const ENCODE: Record<Effort, Record<EncodedKind, number>> = {
  max: { '4:2:0': 0.14, '4:4:4': 0.24, grey: 0.085, bilevel: 0.22 },
  balanced: { '4:2:0': 0.1, '4:4:4': 0.155, grey: 0.06, bilevel: 0.17 },
  fast: { '4:2:0': 0.005, '4:4:4': 0.007, grey: 0.004, bilevel: 0.005 },
};
/** Seconds per million pixels for writing tiles to disk and reading them in another order. */
const TURN: Record<Way['turn'], number> = { none: 0, memory: 0.004, disk: 0.006, tag: 0 };

/** Seconds per million pixels for going through the colour engine: CMYK always does, else pictures with a profile. */
const COLOURS = { cmyk: 0.034, rgb: 0.009 } as const;
/** PhotometricInterpretation of CMYK (TIFF 6.0, section 16). */
const SEPARATED = 5;

/** The CPU seconds that a conversion will take, its process's start included. */
export function predictCpuSeconds(
  page: TiffPage,
  way: Pick<Way, 'effort' | 'turn' | 'chromaSubsampling'>,
): number {
  const megapixels = pixelsOf(page) / 1e6;
  const wide = Math.max(8, ...page.bitsPerSample) > 8 ? 2 : 1;
  const perSample = page.progressive ? DECODE_PROGRESSIVE : DECODE[page.compression];
  const decode = (perSample ?? DECODE_OTHER) * page.samplesPerPixel * wide;
  const encode = ENCODE[way.effort][encodedKind(page, way.chromaSubsampling)];
  const colours =
    page.photometric === SEPARATED ? COLOURS.cmyk : page.iccBytes > 0 ? COLOURS.rgb : 0;
  return START + megapixels * (decode + encode + colours + TURN[way.turn]);
}
