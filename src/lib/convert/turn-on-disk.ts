import type { OutputInfo, Sharp } from 'sharp';
import type { TiffReader } from './sharp-tiff.ts';

/**
 * The tiles that a picture to be turned is cut into, in pixels. A row of the turned picture is a column
 * of tiles here; libvips keeps 2.5 rows of tiles, so narrow ones make sure that a column stays there, too:
 * up to ten times as high as wide, in 1.9 kB a pixel of width.
 */
export const TURNING_TILE = { width: 64, height: 256 } as const;

/**
 * Saves finished pixels, still lying as they were scanned, as uncompressed tiles from which they can be
 * read in any order. Takes constant memory and one to three bytes of disk a pixel. (Turning in memory
 * takes the whole picture: 500 MP need 1.5 GB.)
 */
export function saveForTurning(picture: Sharp, path: string): Promise<OutputInfo> {
  return picture
    .tiff({
      compression: 'none',
      predictor: 'none',
      tile: true,
      tileWidth: TURNING_TILE.width,
      tileHeight: TURNING_TILE.height,
      bigtiff: true,
    })
    .toFile(path);
}

/** What has to be done to a picture with TIFF's orientation tag; sharp mirrors first, then turns clockwise. */
const TURNS: Readonly<Record<number, { flip?: true; flop?: true; angle?: 90 | 180 | 270 }>> = {
  2: { flop: true },
  3: { angle: 180 },
  4: { flip: true },
  5: { flip: true, angle: 90 },
  6: { angle: 90 },
  7: { flip: true, angle: 270 },
  8: { angle: 270 },
};

/** The saved picture, upright; read from the disk where its rows need it. */
export function openTurned(reader: TiffReader, path: string, orientation: number): Sharp {
  const picture = reader.openTiff(path, { unlimited: true, randomAccess: true });
  const { flip = false, flop = false, angle } = TURNS[orientation] ?? {};
  picture.flip(flip).flop(flop);
  return angle ? picture.rotate(angle) : picture;
}
