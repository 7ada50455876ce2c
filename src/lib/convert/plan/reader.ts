import type { TiffPage } from '../header/tiff-header.ts';
import { compressionName, photometricName, sampleFormatName } from '../header/tiff-names.ts';
import { unsupportedTiff } from '../refusal.ts';
import { type Reader, type ReaderRow, readerRows } from './reader-table.ts';

/** The reader of a page, and the feature that decided it. */
export interface Reading {
  readonly reader: Reader;
  /** For people; empty for an ordinary page read by sharp. */
  readonly feature: string;
  /**
   * sharp reads a private copy of the file in which this is the only page and its directory holds
   * only what the picture needs: then the pages behind it and its other tags cannot do harm.
   */
  readonly copied?: true | undefined;
}

/**
 * Chooses the reader of a page, from its header alone. Throws `ConversionError`
 * (`UNSUPPORTED_TIFF`) that names the unsupported feature.
 */
export function chooseReader(page: TiffPage, name: string): Reading {
  const row = rowOf(page);
  if (!row) return { reader: 'sharp', feature: '' };
  const { reader, feature } = row;
  if (reader !== 'nobody') return { reader, feature };
  const { compression, photometric, bitsPerSample, sampleFormat } = page;
  const figures = [
    compression === 1 ? 'uncompressed' : `${compressionName(compression)} compression`,
    photometric === undefined ? 'no photometric interpretation' : photometricName(photometric),
    bitsPerSample.join() === '1' ? '1 bit' : `${bitsPerSample.join('/')} bits`,
    sampleFormatName(sampleFormat),
  ].join(', ');
  throw unsupportedTiff(name, `has ${feature}, which arke-tiff cannot decode (${figures})`);
}

/** The reader of a page, from its header alone. */
export function readerOf(page: TiffPage): ReaderRow['reader'] {
  return rowOf(page)?.reader ?? 'sharp';
}

function rowOf(page: TiffPage): ReaderRow | undefined {
  return readerRows.find(({ applies }) => applies(page));
}
