import type { OutputInfo, Sharp } from 'sharp';
import { TURNING_TILE } from '../plan/memory-model.ts';
import type { TiffReader } from './sharp-tiff.ts';

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
