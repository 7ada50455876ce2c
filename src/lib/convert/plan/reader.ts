import type { TiffPage } from '../header/tiff-header.ts';
import { compressionName, photometricName, sampleFormatName } from '../header/tiff-names.ts';
import { unsupportedTiff } from '../refusal.ts';
import { type Reader, type ReaderRow, readerRows } from './reader-table.ts';

/** Who reads a page, and what it is about the page that decided it. */
export interface Reading {
  readonly reader: Reader;
  /** For people; empty where sharp reads it as it reads most. */
  readonly feature: string;
  /**
   * Sharp reads a private copy of the file in which this page is the only one and its directory holds nothing but what
   * the picture depends on: what lies behind the page, or is wrong with its other tags, does not matter then.
   */
  readonly copied?: true | undefined;
}

/**
 * Chooses who reads a page, from its header alone. Throws `ConversionError` (`UNSUPPORTED_TIFF`) naming
 * the feature that nobody here reads.
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

/** Who reads a page, from its header alone. */
export function readerOf(page: TiffPage): ReaderRow['reader'] {
  return rowOf(page)?.reader ?? 'sharp';
}

function rowOf(page: TiffPage): ReaderRow | undefined {
  return readerRows.find(({ applies }) => applies(page));
}
