import { rm } from 'node:fs/promises';
import type { OutputInfo, Sharp } from 'sharp';
import { createPlainTiff } from '../fallback/plain-tiff.ts';
import { highBytes } from './eight-bits.ts';
import type { FlatPicture } from './flat-picture.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { turnOf, turnUpright } from './upright.ts';

/** A picture to show: not yet turned, and limited to what fits into memory. */
export interface ShownPicture extends Pick<FlatPicture, 'picture' | 'orientation' | 'bits'> {
  /** The pixels' profile; sRGB if there is none. */
  readonly icc?: Buffer | undefined;
}

/** Where pixels with a profile are saved, and whether they are converted to sRGB or keep it. */
export interface ShowingProfile {
  readonly path: string;
  readonly profile: 'applied' | 'attached';
}

/**
 * Takes pixels into memory and returns a pipeline of them for any encoder: 8 bits per sample,
 * upright, exactly those that a JPEG's encoder gets. Throws what sharp throws.
 */
export async function shownPixels(
  reader: TiffReader,
  { picture, orientation, bits, icc }: ShownPicture,
  showing: ShowingProfile,
): Promise<Sharp> {
  // sharp would clip 16 bits at 255 instead of scaling them.
  const { data, info } = await picture
    .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const samples = bits === 16 ? highBytes(data) : data;
  const { width, height, channels } = info;
  const pixels = icc
    ? await withProfile(reader, samples, { info, icc }, showing)
    : reader.sharp(samples, { raw: { width, height, channels } });
  return turnUpright(pixels, turnOf(orientation));
}

async function withProfile(
  { openTiff }: TiffReader,
  samples: Uint8Array,
  { info, icc }: { readonly info: OutputInfo; readonly icc: Buffer },
  { path, profile }: ShowingProfile,
): Promise<Sharp> {
  const { width, height, channels } = info;
  const grey = channels === 1;
  await rm(path, { force: true });
  const colours = grey ? 'grey' : 'rgb';
  const tiff = await createPlainTiff(path, {
    width,
    height,
    colours,
    bits: 8,
    orientation: 1,
    icc,
  });
  await tiff.write(samples);
  await tiff.close();
  const pixels = openTiff(path);
  if (profile === 'applied') return pixels;
  return pixels.keepIccProfile().toColourspace(grey ? 'b-w' : 'srgb');
}
