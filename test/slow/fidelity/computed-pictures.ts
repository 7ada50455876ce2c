import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import sharp, { type Sharp } from 'sharp';
import { readTiffHeader } from '../../../src/lib/convert/header/tiff-header.ts';
import { makeFolder } from '../../support/folder.ts';
import type { Picture } from '../../support/pixels.ts';
import { fieldsOf } from '../../support/plain-pictures.ts';
import type { SharedTiff } from '../../support/shared-tiffs.ts';

/** A picture as large as the first page, all of it black. Throws when the file cannot be read. */
export async function allBlack({ path }: SharedTiff): Promise<Picture> {
  const header = await readTiffHeader(path);
  if (!header) throw new Error(`"${path}" is no TIFF.`);
  const { width, height } = header.pages[0];
  return { width, height, channels: 1, data: Buffer.alloc(width * height) };
}

const [IMAGE_WIDTH, IMAGE_LENGTH, STRIP_OFFSETS] = [256, 257, 273];

/**
 * One sample of 64-bit floating point a pixel, the smallest black, the largest white; libtiff's
 * tiffcp takes the compression away. Throws when that cannot be done.
 */
export async function doublesOverTheirRange({ path }: SharedTiff): Promise<Picture> {
  const folder = await makeFolder();
  try {
    await execa('tiffcp', ['-c', 'none', '-L', path, folder.path('plain.tif')]);
    const tiff = await readFile(folder.path('plain.tif'));
    const field = fieldsOf(tiff);
    const [width = 0, height = 0, start = 0] = [IMAGE_WIDTH, IMAGE_LENGTH, STRIP_OFFSETS].map(
      field,
    );
    const values = Array.from({ length: width * height }, (_, i) =>
      tiff.readDoubleLE(start + i * 8),
    );
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const data = Buffer.from(values.map((v) => Math.round(((v - low) / (high - low)) * 255)));
    return { width, height, channels: 1, data };
  } finally {
    await folder.remove();
  }
}

/** The picture in the second directory of the chain. */
export function secondDirectory({ path }: SharedTiff): Promise<Picture> {
  return levelsOf(sharp(path, { page: 1 }));
}

/** What the snippet would show, did it not give up at a warning. */
export function inSpiteOfWarnings({ path }: SharedTiff): Promise<Picture> {
  return levelsOf(sharp(path, { failOn: 'none' }));
}

async function levelsOf(picture: Sharp): Promise<Picture> {
  const upright = picture.autoOrient().removeAlpha().toColourspace('srgb').raw();
  const { data, info } = await upright.toBuffer({ resolveWithObject: true });
  return { ...info, data };
}
