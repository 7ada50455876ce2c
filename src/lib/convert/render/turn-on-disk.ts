import type { OutputInfo, Sharp } from 'sharp';
import { TURNING_TILE } from '../plan/memory-model.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { turnOf, turnUpright } from './upright.ts';

/**
 * Saves finished pixels, not yet turned, as uncompressed tiles that can be read in any order. Takes
 * constant memory and one to three bytes of disk per pixel. (Turning in memory takes the whole
 * picture: 500 MP need 1.5 GB.)
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

/** The saved picture, upright, read from disk as its rows need it. */
export function openTurned(reader: TiffReader, path: string, orientation: number): Sharp {
  return turnUpright(
    reader.openTiff(path, { unlimited: true, randomAccess: true }),
    turnOf(orientation),
  );
}
