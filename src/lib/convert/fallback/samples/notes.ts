import type { TiffPage } from '../../header/tiff-header.ts';
import type { ConversionNote } from '../../messages.ts';
import type { PlainPicture } from '../../plan/plain-picture.ts';
import type { ColourMaking } from './colours.ts';
import type { SampleRange } from './range.ts';

const SIGNED = 2;

/** Samples of 8 bits that are called signed: mostly those of a picture with a wrong tag. */
export function isCalledSigned({ sampleFormat, bitsPerSample }: TiffPage): boolean {
  return sampleFormat === SIGNED && bitsPerSample[0] === 8;
}

/** How the samples were scaled, for people; nothing where they have the whole range of an ordinary depth. */
export function notesOnRange(
  page: TiffPage,
  { low, high, source }: SampleRange,
): readonly ConversionNote[] {
  if (isCalledSigned(page))
    return [
      {
        code: 'SAMPLES_SCALED',
        message:
          'Its 8-bit samples are called signed; they were taken as unsigned, as other readers do',
      },
    ];
  if (!source) return [];
  const kind = { 2: 'signed', 3: 'floating-point' }[page.sampleFormat] ?? 'unsigned';
  const message =
    `Its ${page.bitsPerSample[0]}-bit ${kind} samples were scaled to 8 bits: ` +
    `${short(low)} is black and ${short(high)} white (${source})`;
  return [{ code: 'SAMPLES_SCALED', message }];
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** That nothing tells whether the last data are what was written, for people. */
export function notesOnChecksum({ lacksChecksum }: TiffPage): readonly ConversionNote[] {
  if (!lacksChecksum) return [];
  const message =
    'The file ends in the checksum of its last data; all rows are there, but nothing tells whether they are undamaged';
  return [{ code: 'CHECKSUM_MISSING', message }];
}

/** What was left out, for people. */
export function notesOnExtras(
  { samplesPerPixel }: TiffPage,
  { from }: ColourMaking,
  { alpha }: PlainPicture,
): readonly ConversionNote[] {
  if (samplesPerPixel <= from + (alpha ? 1 : 0)) return [];
  const message = 'The TIFF has extra samples that are no transparency; they were left out';
  return [{ code: 'EXTRA_SAMPLES_DROPPED', message }];
}
