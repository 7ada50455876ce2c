import type { TiffPage } from '../header/tiff-header.ts';

/** Stand-in until measured. */
export function magickBytes({ width, height }: TiffPage, fileBytes: number): number {
  return 180 * 1024 * 1024 + fileBytes * 2 + width * height * 8;
}

/** Stand-in until measured. */
export function magickCpuSeconds({ width, height }: TiffPage): number {
  return 0.4 + (width * height) / 1e6 / 10;
}
