import { type EncoderSettings, encoderSettings } from '../encoder-settings.ts';
import type { JpegFacts } from './jpeg-facts.ts';
import type { LikenessBounds } from './likeness.ts';

/**
 * The quantisation table of our JPEGs at quality 50, for luma and chroma, by rows: N. Robidoux's,
 * the fourth of mozjpeg (jcparam.c).
 */
const TABLE = [
  ...[16, 16, 16, 18, 25, 37, 56, 85],
  ...[16, 17, 20, 27, 34, 40, 53, 75],
  ...[16, 20, 24, 31, 43, 62, 91, 135],
  ...[18, 27, 31, 40, 53, 74, 106, 156],
  ...[25, 34, 43, 53, 69, 94, 131, 189],
  ...[37, 40, 62, 74, 94, 124, 169, 238],
  ...[56, 53, 91, 106, 131, 169, 226, 311],
  ...[85, 75, 135, 156, 189, 238, 311, 418],
];

/** How many steps belong to the lowest frequencies, the first four diagonals of a table. */
const LOWEST = 10;

/** How coarse a table is: the mean of the lowest frequencies, and the effective value of all. */
interface Coarseness {
  readonly low: number;
  readonly all: number;
}

function ourTable(quality: number): Coarseness {
  // libjpeg's scale, in percent.
  const scale = quality < 50 ? Math.floor(5_000 / quality) : 200 - quality * 2;
  const steps = TABLE.map((step) => clamp(Math.floor((step * scale + 50) / 100)));
  const isLow = (_: number, place: number) => (place >> 3) + (place & 7) < 4;
  return coarseness(steps.filter(isLow), steps);
}

/** What a step can be in 8 bits. */
const clamp = (step: number) => Math.min(Math.max(step, 1), 255);

function coarseness(low: readonly number[], all: readonly number[]): Coarseness {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    low: sum(low) / low.length,
    all: Math.sqrt(sum(all.map((step) => step ** 2)) / all.length),
  };
}

/**
 * The quality at which our JPEGs are as coarse as one with these tables, in every respect: the
 * other JPEG of a comparison must not be better, or a good one would be refused. For our own, the
 * quality that they were made with.
 */
export function likelyQuality(tables: JpegFacts['tables']): number {
  const theirs = tables.map((steps) => coarseness(steps.slice(0, LOWEST), steps));
  const isCoarser = (ours: Coarseness) =>
    theirs.every(({ low, all }) => ours.low >= low && ours.all >= all);
  let quality = 100;
  while (quality > 1 && !isCoarser(ourTable(quality))) quality--;
  return quality;
}

/** What is asked of the JPEGs of a verification. */
export interface AskedOfJpegs {
  /** The least quality, on our scale; default: each JPEG's own. */
  readonly quality?: number | undefined;
  /** The colour behind transparent pixels. */
  readonly background: string;
}

/**
 * The settings with which a JPEG is compared, whatever made it: those that its head tells, because
 * the other JPEG of the same pixels has to be of its kind.
 */
export function settingsOfJpeg(
  { tables, fullChroma, progressive, profile }: JpegFacts,
  { quality = likelyQuality(tables), background }: AskedOfJpegs,
): EncoderSettings {
  return encoderSettings({
    quality,
    background,
    chromaSubsampling: fullChroma ? '4:4:4' : '4:2:0',
    effort: progressive ? 'balanced' : 'fast',
    profile: profile === 'other' ? 'keep' : 'srgb',
  });
}

/** The weights of luma and Cb in blue (ITU-T T.871, section 7): no level depends more on them. */
const WEIGHTS = 1 + 1.772;

/**
 * The bounds for a JPEG of its own quality: in a flat area, luma and chroma of either JPEG may be
 * off by half a step of a table, in which the mean of 8 × 8 samples counts eightfold.
 */
export function boundsOfJpeg(
  { tables }: JpegFacts,
  { quality }: AskedOfJpegs,
  bounds: LikenessBounds,
): LikenessBounds {
  const coarsest = quality === undefined ? Math.max(...tables.map(([first = 0]) => first)) : 0;
  return { ...bounds, levels: Math.max(bounds.levels, 2 * WEIGHTS * (coarsest / 16)) };
}

/** How a JPEG is coded, for people: `quality 95, 4:2:0, progressive`. */
export function codingOf({ tables, channels, fullChroma, progressive }: JpegFacts): string {
  const chroma = channels === 1 ? [] : [fullChroma ? '4:4:4' : '4:2:0'];
  const coding = progressive ? 'progressive' : 'baseline';
  return [`quality ${likelyQuality(tables)}`, ...chroma, coding].join(', ');
}
