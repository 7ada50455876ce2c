import type { TiffPage } from './header/tiff-header.ts';
import type { ConversionNote } from './messages.ts';
import { bitsOf, colourSamples, FLOAT, PHOTOMETRIC, SIGNED } from './plan/page-kinds.ts';
import type { Reader } from './plan/reader-table.ts';

/** What becomes of a page's samples, as far as its header tells; for whoever reads it, and for who foresees that. */
export function notesOnSamples(page: TiffPage, reader: Reader): ConversionNote[] {
  const scaled = reader === 'samples' ? scaledForCertain(page) : undefined;
  return [
    ...(reader === 'samples' && page.lacksChecksum ? [CHECKSUM_CUT] : []),
    ...(scaled === undefined ? [] : [samplesScaled(scaled)]),
    ...(dropsExtras(page, reader) ? [EXTRAS_DROPPED] : []),
  ];
}

/** Said of Deflate data that are read without all of their checksum. */
export const CHECKSUM_CUT: ConversionNote = {
  code: 'CHECKSUM_MISSING',
  message:
    'The file ends in the checksum of its last data: nothing tells whether they are undamaged',
};

/** Said where `dropsExtras`. */
export const EXTRAS_DROPPED: ConversionNote = {
  code: 'EXTRA_SAMPLES_DROPPED',
  message: 'The TIFF has extra samples that are no transparency; they were left out',
};

/** Whether a page has samples beside its colours that its reader leaves out; sharp blends what has an alpha among them. */
export function dropsExtras(page: TiffPage, reader: Reader): boolean {
  const extra = page.samplesPerPixel - coloursOf(page);
  const isAlpha = (kind: number) => kind === 1 || kind === 2;
  // Sharp's pictures are blended by whatever alpha is named; others write one anew beside the colours.
  if (reader === 'sharp') return extra > 0 && !page.extraSamples.some(isAlpha);
  return extra > (page.extraSamples.slice(0, Math.max(0, extra)).some(isAlpha) ? 1 : 0);
}

/** Old-style JPEGs may do without PhotometricInterpretation, and are YCbCr then; LogLuv has three samples, too. */
function coloursOf({ photometric = PHOTOMETRIC.ycbcr }: TiffPage): number {
  return photometric === PHOTOMETRIC.logLuv ? 3 : colourSamples({ photometric });
}

/** Samples of 8 bits that are called signed: mostly those of a picture with a wrong tag. */
export function isCalledSigned({ sampleFormat, bitsPerSample }: TiffPage): boolean {
  return sampleFormat === SIGNED && bitsPerSample[0] === 8;
}

/**
 * Lab's signs are told by its encoding, whatever SampleFormat says; a log luminance is no number yet;
 * indices of a palette and video signals have no sign.
 * Samples of 8 bits that are called signed are shown by their bits in the tools that archivists use
 * (ImageMagick, libtiff's): mostly they are pictures with a wrong tag.
 */
export function asSampled(page: TiffPage): TiffPage {
  const { palette, ycbcr, lab, iccLab, logL } = PHOTOMETRIC;
  const encoded = [palette, ycbcr, lab, iccLab, logL].some((one) => one === page.photometric);
  return encoded || isCalledSigned(page) ? { ...page, sampleFormat: 1 } : page;
}

/** Whether samples, as `asSampled` has them, have no ordinary range that they could be taken to use. */
export function isUnusualRange(page: TiffPage): boolean {
  return page.sampleFormat === SIGNED || page.sampleFormat === FLOAT || bitsOf(page) > 16;
}

/** What is said of samples that are not taken as they are. */
export function samplesScaled(message: string): ConversionNote {
  return { code: 'SAMPLES_SCALED', message };
}

/** What `samplesScaled` says of samples that were scaled; from what range, only their reader knows. */
export function scaledMessage(page: TiffPage): string {
  const kind = { 2: 'signed', 3: 'floating-point' }[page.sampleFormat] ?? 'unsigned';
  return `Its ${bitsOf(page)}-bit ${kind} samples were scaled to 8 bits`;
}

export const TAKEN_AS_UNSIGNED =
  'Its 8-bit samples are called signed; they were taken as unsigned, as other readers do';

/** What is said of samples that are scaled whatever their values are. */
function scaledForCertain(page: TiffPage): string | undefined {
  if (isCalledSigned(page)) return TAKEN_AS_UNSIGNED;
  return isUnusualRange(asSampled(page)) ? scaledMessage(page) : undefined;
}
