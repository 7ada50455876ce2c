import type { TiffPage } from '../../header/tiff-header.ts';
import type { ConversionNote } from '../../messages.ts';
import {
  isCalledSigned,
  samplesScaled,
  scaledMessage,
  TAKEN_AS_UNSIGNED,
} from '../../notes-on-samples.ts';
import type { SampleRange } from './range.ts';

/**
 * How the samples were scaled, for people; nothing if they use the whole range of an ordinary
 * depth.
 */
export function notesOnRange(
  page: TiffPage,
  { low, high, source }: SampleRange,
): readonly ConversionNote[] {
  if (isCalledSigned(page)) return [samplesScaled(TAKEN_AS_UNSIGNED)];
  if (!source) return [];
  const range = `${short(low)} is black and ${short(high)} white (${source})`;
  return [samplesScaled(`${scaledMessage(page)}: ${range}`)];
}

/** Integers unchanged, as far as a double is exact; other numbers with six digits. */
function short(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return Number.isInteger(value) ? value.toPrecision(6) : String(Number(value.toPrecision(6)));
}
