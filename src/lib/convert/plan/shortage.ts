import { ConversionError, inParentheses } from '../../errors.ts';
import type { EffortSetting } from '../encoder-settings.ts';
import type { TiffPage } from '../header/tiff-header.ts';
import { commandNames, type SettingNames } from '../setting-names.ts';

/** The facts of an out-of-memory error. */
export interface Shortage {
  readonly page: Pick<TiffPage, 'width' | 'height'> | undefined;
  readonly name: string;
  /** Predicted bytes; 0 if no prediction was possible. */
  readonly neededBytes: number;
  readonly limits: { readonly memoryBytes: number; readonly names?: SettingNames | undefined };
  /** The requested effort. */
  readonly effort: EffortSetting;
  /** What was observed, in our words or a library's, if it was more than a prediction. */
  readonly seen?: string;
}

/**
 * The error of a conversion that has run, or would run, out of memory: figures and remedy
 * (docs/contract.md, "Error scenarios").
 */
export function outOfMemoryError(
  { page, name, neededBytes, limits, effort, seen }: Shortage,
  options?: ErrorOptions,
): ConversionError {
  const { moreMemory, autoEffort } = limits.names ?? commandNames;
  const figures = [
    page && neededBytes > 0
      ? `${toMegapixels(page)} MP need about ${toMegabytes(neededBytes)} MB`
      : undefined,
    `limit ${limitText(limits.memoryBytes)}`,
  ];
  const other = effort === 'auto' || effort === 'fast' ? '' : ` ${autoEffort} may need less.`;
  const said = seen ? ` ${inParentheses(`${seen.replace(/\.$/, '')}.`)}` : '';
  return new ConversionError(
    'OUT_OF_MEMORY',
    `Out of memory while converting "${name}": ${figures.filter(Boolean).join(', ')}. ` +
      `${moreMemory}${other}${said}`,
    options,
  );
}

/**
 * The error of a conversion without room for its temporary files: figures, in bytes, and remedy.
 */
export function outOfDiskError(
  name: string,
  neededBytes: number,
  freeBytes: number,
): ConversionError {
  return new ConversionError(
    'WRITE_FAILED',
    `Converting "${name}" needs about ${toMegabytes(neededBytes)} MB of disk for temporary files, but only ${limitText(freeBytes)} are free. ` +
      'Free some space there, or set TMPDIR to a folder with more.',
  );
}

/** Megapixels with one decimal, for people. */
export function toMegapixels({ width, height }: Pick<TiffPage, 'width' | 'height'>): string {
  return ((width * height) / 1e6).toFixed(1);
}

/**
 * Available memory or disk for people, rounded down: in megabytes, or in bytes below one megabyte.
 */
export function limitText(bytes: number): string {
  const megabytes = Math.floor(bytes / 1024 / 1024);
  return megabytes > 0 ? `${megabytes} MB` : `${Math.floor(bytes)} bytes`;
}

/** Megabytes of 1024 × 1024 bytes, rounded up, for people. */
export function toMegabytes(bytes: number): number {
  return Math.ceil(bytes / 1024 / 1024);
}
