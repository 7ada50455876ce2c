import type { Picture } from './pixels.ts';
import { pixelAt } from './pixels.ts';
import { packSamples, type SampleKind } from './samples.ts';
import { makeTiff, type TiffPage } from './tiff-writer.ts';

/** Pixels of a patch's side: two blocks of a JPEG, so that nothing spreads from one to the next. */
const SIDE = 16;

/** A row of square patches: the samples of each, first to last, as the file shall have them. */
export type Patches = readonly (readonly number[])[];

/**
 * A TIFF of patches in a row, in which every pixel of a patch has the same samples. Of `page` only
 * what differs from unsigned samples without compression has to be said.
 */
export function patchesTiff(
  patches: Patches,
  kind: SampleKind,
  page: Partial<TiffPage> & Pick<TiffPage, 'photometric'>,
): Buffer {
  const samplesPerPixel = patches[0]?.length ?? 0;
  const [width, height] = [patches.length * SIDE, SIDE];
  const planes = page.planar ? Array.from({ length: samplesPerPixel }, (_, i) => [i]) : [undefined];
  const rows = planes.flatMap((only) => {
    const row = patches.flatMap((samples) => {
      const taken = only ? only.map((i) => samples[i] ?? 0) : samples;
      return Array.from({ length: SIDE }, () => taken).flat();
    });
    return Array.from({ length: SIDE }, () => row);
  });
  return makeTiff({
    width,
    height,
    samplesPerPixel,
    data: packSamples(rows, kind),
    bitsPerSample: kind.bits,
    ...(kind.format ? { sampleFormat: kind.format } : {}),
    ...page,
  });
}

/** The levels in the middle of each patch of a picture. */
export function levelsOfPatches(picture: Picture): number[][] {
  return Array.from({ length: picture.width / SIDE }, (_, i) =>
    pixelAt(picture, i * SIDE + SIDE / 2, SIDE / 2),
  );
}
