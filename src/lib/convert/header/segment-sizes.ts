/**
 * Why the listed sizes of strips or tiles are unusable: there is no list, all are 0, or one is
 * beyond the file's end.
 */
export type SizesWrong = 'MISSING' | 'ZERO' | 'BEYOND';

/** How the sizes are known without the list. */
export interface SizesKnown {
  readonly why: SizesWrong;
  /**
   * `pixels`: computed, because the samples are uncompressed. `data`: the data have an end marker.
   */
  readonly by: 'pixels' | 'data';
}

/** How a page is cut into segments. */
export interface PageCut {
  readonly height: number;
  readonly kind: 'strips' | 'tiles';
  readonly segmentWidth: number;
  readonly segmentHeight: number;
  /** In one segment. */
  readonly bitsPerPixel: number;
}

/** The fields of `TiffPage` that describe its samples and segments. */
interface CutPage {
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly bitsPerSample: readonly number[];
  readonly planar: boolean;
  readonly segments:
    | {
        readonly kind: PageCut['kind'];
        readonly width: number;
        readonly height: number;
        readonly sizes?: SizesKnown | undefined;
      }
    | undefined;
}

/** How a page with known segments is cut. */
export function cutOf({
  height,
  samplesPerPixel,
  bitsPerSample,
  planar,
  segments,
}: CutPage): PageCut {
  const bits = bitsPerSample[0] ?? 1;
  return {
    height,
    kind: segments?.kind ?? 'strips',
    segmentWidth: segments?.width ?? 0,
    segmentHeight: segments?.height ?? 0,
    bitsPerPixel: planar ? bits : bits * samplesPerPixel,
  };
}

/**
 * Bytes of a segment of uncompressed samples, by its index; the last strip of a plane may have
 * fewer rows.
 */
export function plainBytes(cut: PageCut, index: number): number {
  const { height, kind, segmentWidth, segmentHeight, bitsPerPixel } = cut;
  const rowBytes = Math.ceil((segmentWidth * bitsPerPixel) / 8);
  if (kind === 'tiles') return rowBytes * segmentHeight;
  const top = (index % Math.ceil(height / segmentHeight)) * segmentHeight;
  return rowBytes * Math.min(segmentHeight, height - top);
}

/** The most bytes that each segment can have: up to the next one in the file, or the file's end. */
export function mostBytes(
  starts: readonly number[],
  listed: readonly number[] | undefined,
  fileBytes: number,
): number[] {
  const ascending = [...new Set(starts)].sort((a, b) => a - b);
  const next = new Map(ascending.map((start, i) => [start, ascending[i + 1] ?? fileBytes]));
  return starts.map((start, i) => {
    const most = Math.max(0, Math.min(next.get(start) ?? fileBytes, fileBytes) - start);
    return listed?.[i] ? Math.min(most, listed[i]) : most;
  });
}

/** The sizes of a page's segments if the file does not tell them: exact, or upper bounds. */
export function sizesKnown(
  page: CutPage,
  starts: readonly number[],
  listed: readonly number[] | undefined,
  fileBytes: number,
): number[] {
  if (page.segments?.sizes?.by === 'pixels') {
    const cut = cutOf(page);
    return starts.map((_, i) => plainBytes(cut, i));
  }
  return mostBytes(starts, listed, fileBytes);
}
