import { compressionName, photometricName } from './tiff-names.ts';
import type { TiffPage } from './tiff-page.ts';

const FLOAT = 3;

/**
 * The kind of a page in a few words: `RGB 8-bit LZW`, `bilevel CCITT G4`, `grey 32-bit float
 * uncompressed`.
 */
export function kindOfPage(page: TiffPage): string {
  const { bitsPerSample, compression, sampleFormat } = page;
  const isBilevel = isGrey(page) && bitsPerSample[0] === 1;
  return [
    isBilevel ? 'bilevel' : coloursOf(page),
    isBilevel ? undefined : `${[...new Set(bitsPerSample)].join('/')}-bit`,
    sampleFormat === FLOAT ? 'float' : undefined,
    compression === 1 ? 'uncompressed' : compressionName(compression),
  ]
    .filter((word) => word !== undefined)
    .join(' ');
}

/** PhotometricInterpretation (TIFF 6.0, section 8): 0 and 1 are grey. */
function isGrey({ photometric }: TiffPage): boolean {
  return photometric === 0 || photometric === 1;
}

function coloursOf({ photometric, extraSamples }: TiffPage): string {
  const [name = ''] =
    photometric === undefined ? ['unnamed colours'] : photometricName(photometric).split(',');
  // ExtraSamples (TIFF 6.0, section 18): 1 and 2 are transparency.
  return extraSamples.some((kind) => kind === 1 || kind === 2) ? `${name} with alpha` : name;
}
