import type { TiffPage } from './header/tiff-header.ts';
import type { ConversionNote } from './messages.ts';
import { bitsOf, colourSamples, FLOAT, PHOTOMETRIC, SIGNED } from './plan/page-kinds.ts';
import type { Reader } from './plan/reader-table.ts';

/**
 * What happens to a page's samples, as far as its header tells; for its reader and for predictions.
 */
export function notesOnSamples(page: TiffPage, reader: Reader): ConversionNote[] {
  const scaled = reader === 'samples' ? scaledForCertain(page) : undefined;
  return [
    ...(reader === 'samples' && page.lacksChecksum ? [CHECKSUM_CUT] : []),
    ...(scaled === undefined ? [] : [samplesScaled(scaled)]),
    ...(dropsExtras(page, reader) ? [EXTRAS_DROPPED] : []),
  ];
}

/** The note about Deflate data whose checksum is cut off. */
export const CHECKSUM_CUT: ConversionNote = {
  code: 'CHECKSUM_MISSING',
  message:
    'The file ends inside the checksum of its last data, so damage to them cannot be detected',
};

/** The note if `dropsExtras`. */
export const EXTRAS_DROPPED: ConversionNote = {
  code: 'EXTRA_SAMPLES_DROPPED',
  message: 'The TIFF has extra samples that are not transparency; they were left out',
};

/**
 * Whether the reader of a page leaves out samples beside its colours; sharp blends if one of them
 * is alpha.
 */
export function dropsExtras(page: TiffPage, reader: Reader): boolean {
  const extra = page.samplesPerPixel - coloursOf(page);
  const isAlpha = (kind: number) => kind === 1 || kind === 2;
  // sharp blends with any declared alpha; other readers write a single one after the colours.
  if (reader === 'sharp') return extra > 0 && !page.extraSamples.some(isAlpha);
  return extra > (page.extraSamples.slice(0, Math.max(0, extra)).some(isAlpha) ? 1 : 0);
}

/**
 * Old-style JPEGs may lack PhotometricInterpretation, and are then YCbCr; LogLuv also has three
 * samples.
 */
function coloursOf({ photometric = PHOTOMETRIC.ycbcr }: TiffPage): number {
  return photometric === PHOTOMETRIC.logLuv ? 3 : colourSamples({ photometric });
}

/** 8-bit samples declared as signed: mostly a picture with a wrong tag. */
export function isCalledSigned({ sampleFormat, bitsPerSample }: TiffPage): boolean {
  return sampleFormat === SIGNED && bitsPerSample[0] === 8;
}

/**
 * Corrects SampleFormat. Lab's encoding determines its signs; a log luminance is not a number yet;
 * palette indices and video signals have no sign. The tools of archivists (ImageMagick, libtiff's)
 * ignore the sign of 8-bit samples: mostly these are pictures with a wrong tag.
 */
export function asSampled(page: TiffPage): TiffPage {
  const { palette, ycbcr, lab, iccLab, logL } = PHOTOMETRIC;
  const encoded = [palette, ycbcr, lab, iccLab, logL].some((one) => one === page.photometric);
  return encoded || isCalledSigned(page) ? { ...page, sampleFormat: 1 } : page;
}

/**
 * Whether samples, corrected by `asSampled`, have no ordinary range that they can be expected to
 * use.
 */
export function isUnusualRange(page: TiffPage): boolean {
  return page.sampleFormat === SIGNED || page.sampleFormat === FLOAT || bitsOf(page) > 16;
}

/** The note about scaled samples. */
export function samplesScaled(message: string): ConversionNote {
  return { code: 'SAMPLES_SCALED', message };
}

/** The message of `samplesScaled` for scaled samples; only their reader knows the range. */
export function scaledMessage(page: TiffPage): string {
  const kind = { 2: 'signed', 3: 'floating-point' }[page.sampleFormat] ?? 'unsigned';
  return `Its ${bitsOf(page)}-bit ${kind} samples were scaled to 8 bits`;
}

export const TAKEN_AS_UNSIGNED =
  'Its 8-bit samples are declared signed; they were read as unsigned, as other readers do';

/** The message for samples that are scaled whatever their values are. */
function scaledForCertain(page: TiffPage): string | undefined {
  if (isCalledSigned(page)) return TAKEN_AS_UNSIGNED;
  return isUnusualRange(asSampled(page)) ? scaledMessage(page) : undefined;
}
