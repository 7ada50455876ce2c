import type { EncoderSettings } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { extraSampleName, photometricName } from '../header/tiff-names.ts';
import { claimedDepth } from '../plan/page-kinds.ts';
import type { PageLoss } from './loss.ts';

/** What happens to a page's samples: depth and range, colours, and extra samples. */
export function lossesOfSamples(page: TiffPage, encoder: EncoderSettings): PageLoss[] {
  return [...samplesLost(page), ...coloursChanged(page), ...extraSamplesLost(page, encoder)];
}

const PALETTE = 3;
const SIGNED: ReadonlySet<number> = new Set([2, 5]);
const FLOAT: ReadonlySet<number> = new Set([3, 6]);

function samplesLost(page: TiffPage): PageLoss[] {
  // Palette samples are indices, not levels.
  if (page.photometric === PALETTE) return [];
  if (LOGARITHMIC.has(page.photometric ?? -1)) return [brightnessLost(page)];
  const bits = page.bitsPerSample.reduce((most, one) => Math.max(most, one), 0);
  const kind = kindOfSamples(page);
  const losses: PageLoss[] = [];
  if (bits > 8)
    losses.push({
      kind: 'bit-depth',
      message: `${bits}-bit${kind ? ` ${kind}` : ''} samples become 8-bit`,
    });
  if (kind === 'signed' && bits === 8)
    losses.push({ kind: 'sample-range', message: 'Signed values are read as unsigned' });
  else if (kind || bits >= 32)
    losses.push({
      kind: 'sample-range',
      message: `${kind ? `${upperFirst(kind)} values` : `Values of ${bits} bits`} are scaled to 0–255`,
    });
  else if (claimedDepth(page) !== undefined)
    losses.push({
      kind: 'sample-range',
      message: `Values up to ${page.maxSampleValue}, the MaxSampleValue, are scaled to 0–255`,
    });
  return losses;
}

/**
 * CIE Log L and Log Luv (SGI): their samples are codes, whose bits and signs say nothing about
 * their content.
 */
const LOG_L = 32_844;
const LOGARITHMIC: ReadonlySet<number> = new Set([LOG_L, 32_845]);

function brightnessLost({ photometric = LOG_L }: TiffPage): PageLoss {
  const message = `The brightness of ${photometricName(photometric)} is scaled to 0–255`;
  return { kind: 'sample-range', message };
}

function kindOfSamples({ sampleFormat }: TiffPage): string | undefined {
  if (FLOAT.has(sampleFormat)) return 'floating-point';
  return SIGNED.has(sampleFormat) ? 'signed' : undefined;
}

/**
 * Colours that a web JPEG can have: PhotometricInterpretation 0 to 4 and 6 are grey, RGB, palette,
 * mask and YCbCr.
 */
const SHOWN_AS_THEY_ARE: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 6]);

function coloursChanged({ photometric }: TiffPage): PageLoss[] {
  if (photometric === undefined || SHOWN_AS_THEY_ARE.has(photometric)) return [];
  const to = photometric === LOG_L ? 'grey' : 'RGB';
  const message = `Colours are converted from ${photometricName(photometric)} to ${to}`;
  return [{ kind: 'colour-space', message }];
}

function extraSamplesLost(page: TiffPage, { background }: EncoderSettings): PageLoss[] {
  const alpha = page.extraSamples.findIndex((type) => type === 1 || type === 2);
  const others = page.samplesPerPixel - coloursOf(page) - (alpha === -1 ? 0 : 1);
  const losses: PageLoss[] = [];
  if (alpha !== -1)
    losses.push({
      kind: 'alpha',
      message: `Transparency (${extraSampleName(page.extraSamples[alpha] ?? 0)}) is flattened onto ${background}`,
    });
  if (others > 0)
    losses.push({
      kind: 'extra-samples',
      message: `${others} extra ${others === 1 ? 'sample' : 'samples'} per pixel ${others === 1 ? 'is' : 'are'} left out`,
    });
  return losses;
}

/** How many samples are colours, by PhotometricInterpretation (TIFF 6.0, section 8): CMYK is 5. */
function coloursOf({ photometric, samplesPerPixel, extraSamples }: TiffPage): number {
  // Without the tag, only ExtraSamples distinguishes colours from others.
  if (photometric === undefined) return samplesPerPixel - extraSamples.length;
  if (photometric === 5) return 4;
  return ONE_SAMPLE.has(photometric) ? 1 : 3;
}

/** Grey, palette, mask, colour filter array and Log L have one sample per pixel. */
const ONE_SAMPLE: ReadonlySet<number> = new Set([0, 1, 3, 4, 32_803, 32_844]);

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
