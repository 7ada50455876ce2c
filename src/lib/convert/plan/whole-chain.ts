import type { TagFault } from '../header/tag-faults.ts';
import type { TiffHeader, TiffPage } from '../header/tiff-header.ts';
import {
  COMPRESSION,
  colourSamples,
  hasOddTiles,
  PHOTOMETRIC,
  TILE_STEP,
  ZSTD,
} from './page-kinds.ts';

/**
 * Whether sharp can follow a chain of directories to its end: it reads all of them, whichever page
 * is wanted, and one unreadable directory blocks all others. A chain that was not followed to its
 * end counts as sound.
 */
export function isWalkable({
  pages,
  brokenChain,
  longChain,
}: Pick<TiffHeader, 'pages' | 'brokenChain' | 'longChain'>): boolean {
  return !(brokenChain && !longChain) && pages.every(isReadOver);
}

/**
 * The faults of a page's tags, as `readTagFaults` finds them, including ExtraSamples and its strips
 * or tiles.
 */
export function pageTagFaults(page: TiffPage): readonly TagFault[] {
  return [...(page.tagFaults ?? []), ...extraSamplesFaults(page), ...segmentFaults(page)];
}

function segmentFaults(page: TiffPage): TagFault[] {
  const { segments } = page;
  const found: TagFault[] = [];
  if (segments?.sizes) {
    const { why } = segments.sizes;
    const message = {
      MISSING: `it does not say how many bytes its ${segments.kind} have`,
      ZERO: `its ${segments.kind} are said to have 0 bytes`,
      BEYOND: `the size given for its last ${segments.kind.slice(0, -1)} is more than the file has`,
    }[why];
    found.push({ message, kind: 'mended' });
  }
  if (segments && hasOddTiles(page)) {
    const message = `its tiles have ${segments.width} × ${segments.height} pixels, no multiples of ${TILE_STEP}`;
    found.push({ message, kind: 'read' });
  }
  if (page.oldLzw)
    found.push({ message: 'its LZW is of the kind from before TIFF 5.0', kind: 'read' });
  if (page.progressive)
    found.push({
      message: 'its JPEG data are progressive, and TIFF has only sequential ones',
      kind: 'harmless',
    });
  return found;
}

/**
 * The colours for which TIFF 6.0 gives no number of samples (libtiff's `_TIFFGetMaxColorChannels`).
 */
const UNCOUNTED: readonly number[] = [PHOTOMETRIC.colourFilterArray, PHOTOMETRIC.logL];
const UNASSOCIATED = 2;
/** Corel's number for unassociated alpha, which libtiff knows. */
const COREL_ALPHA = 999;

/** How many of a page's samples are extra, by its colours; undefined if these do not tell. */
export function extraSamplesNeeded({
  photometric = 0,
  samplesPerPixel,
}: Pick<TiffPage, 'photometric' | 'samplesPerPixel'>): number | undefined {
  if (photometric > PHOTOMETRIC.ituLab || UNCOUNTED.includes(photometric)) return undefined;
  return Math.max(0, samplesPerPixel - colourSamples({ photometric }));
}

/** Whether TIFF, or Corel, defines this kind of extra sample. */
export function isKindOfExtra(kind: number): boolean {
  return kind <= UNASSOCIATED || kind === COREL_ALPHA;
}

function extraSamplesFaults(page: TiffPage): TagFault[] {
  const { samplesPerPixel, extraSamples } = page;
  const strange = extraSamples.find((kind) => !isKindOfExtra(kind));
  if (strange !== undefined)
    return [
      { message: `its ExtraSamples has ${strange}, and TIFF has only 0 to 2`, kind: 'left out' },
    ];
  const unsaid = (extraSamplesNeeded(page) ?? 0) - extraSamples.length;
  if (unsaid <= 0) return [];
  const message = `its ExtraSamples does not say what ${unsaid} of its ${samplesPerPixel} samples ${unsaid === 1 ? 'is' : 'are'}`;
  return [{ message, kind: 'warned' }];
}

/** Compressions that libtiff in sharp knows but was built without. */
const NOT_BUILT_IN: readonly number[] = [COMPRESSION.oldJpeg, 32_909, 34_661, 34_925, ZSTD];

/** Whether sharp can read a directory on its way to another one. */
function isReadOver(page: TiffPage): boolean {
  const { compression, width, height, segmentsUnknown } = page;
  if (pageTagFaults(page).some(({ kind }) => kind !== 'warned' && kind !== 'harmless'))
    return false;
  if (NOT_BUILT_IN.includes(compression) || width === 0 || height === 0) return false;
  // At this point sharp does not read the lists themselves.
  return segmentsUnknown !== 'NO_OFFSETS' && segmentsUnknown !== 'NO_BYTE_COUNTS';
}
