import { UNKNOWN_SEGMENTS } from '../header/completeness.ts';
import type { TiffHeader, TiffPage } from '../header/tiff-header.ts';
import { compressionName } from '../header/tiff-names.ts';
import {
  COMPRESSION,
  colourSamples,
  hasOddTiles,
  PHOTOMETRIC,
  TILE_STEP,
  ZSTD,
} from './page-kinds.ts';

/** What is wrong with one directory of a chain, for people, without a full stop and a capital. */
export interface DirectoryFault {
  /** Place in the chain, from 0. */
  readonly index: number;
  readonly message: string;
}

/** What sharp is going to stumble over in a file: it reads all directories of the chain, whichever page is wanted. */
export interface Chain {
  readonly length: number;
  /** It leads nowhere, or back. */
  readonly broken: boolean;
  /** The first directory that sharp does not read. */
  readonly fault: DirectoryFault | undefined;
}

/** What `readTiffHeader` has found out about the chain of directories, looked at once for all pages. */
export function chainOf({
  pages,
  brokenChain,
  longChain,
}: Pick<TiffHeader, 'pages' | 'brokenChain' | 'longChain'>): Chain {
  let fault: DirectoryFault | undefined;
  for (const page of pages) {
    const message = faultOf(page) ?? faultBeside(page);
    if (message !== undefined) {
      fault = { index: page.index, message };
      break;
    }
  }
  return { length: pages.length, broken: brokenChain && !longChain, fault };
}

/** What makes sharp refuse a page, and every other page of its file, too, whatever its samples are. */
export function faultOf(page: TiffPage): string | undefined {
  return page.tagFaults?.[0] ?? extraSamplesFault(page);
}

/** The colours that TIFF 6.0 gives no number of samples (libtiff's `_TIFFGetMaxColorChannels`). */
const UNCOUNTED: readonly number[] = [PHOTOMETRIC.colourFilterArray, PHOTOMETRIC.logL];
const UNASSOCIATED = 2;
/** Corel's name of unassociated alpha, which libtiff knows. */
const COREL_ALPHA = 999;

function extraSamplesFault({ photometric = 0, ...page }: TiffPage): string | undefined {
  const { samplesPerPixel, extraSamples } = page;
  const strange = extraSamples.find((kind) => kind > UNASSOCIATED && kind !== COREL_ALPHA);
  if (strange !== undefined) return `its ExtraSamples has ${strange}, and TIFF has only 0 to 2`;
  if (photometric > PHOTOMETRIC.ituLab || UNCOUNTED.includes(photometric)) return undefined;
  const unsaid = samplesPerPixel - extraSamples.length - colourSamples({ photometric });
  if (unsaid <= 0) return undefined;
  return `its ExtraSamples does not say what ${unsaid} of its ${samplesPerPixel} samples ${unsaid === 1 ? 'is' : 'are'}`;
}

/** Compressions that libtiff in sharp knows, and was built without. */
const NOT_BUILT_IN: readonly number[] = [COMPRESSION.oldJpeg, 32_909, 34_661, 34_925, ZSTD];
/** What of one directory keeps sharp from reading the others; about the page that is wanted, more is said elsewhere. */
function faultBeside(page: TiffPage): string | undefined {
  const { compression, width, height, segmentsUnknown, segments } = page;
  if (NOT_BUILT_IN.includes(compression))
    return `it has ${compressionName(compression)} compression`;
  if (width === 0 || height === 0) return `it has no pixels (${width} × ${height})`;
  // Lists that cannot be read are of no interest to it yet.
  if (segmentsUnknown === 'NO_OFFSETS' || segmentsUnknown === 'NO_BYTE_COUNTS')
    return UNKNOWN_SEGMENTS[segmentsUnknown].message;
  if (segments && hasOddTiles(page))
    return `its tiles have ${segments.width} × ${segments.height} pixels, no multiples of ${TILE_STEP}`;
  return undefined;
}
