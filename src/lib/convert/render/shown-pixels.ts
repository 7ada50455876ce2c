import { rm } from 'node:fs/promises';
import type { OutputInfo, Sharp } from 'sharp';
import { createPlainTiff } from '../fallback/plain-tiff.ts';
import { highBytes } from './eight-bits.ts';
import type { FlatPicture } from './flat-picture.ts';
import type { TiffReader } from './sharp-tiff.ts';
import { turnOf, turnUpright } from './upright.ts';

/** A picture to show: still lying as it was scanned, and no larger than memory allows. */
export interface Shown extends Pick<FlatPicture, 'picture' | 'orientation' | 'bits'> {
  /** Of the pixels; without one they are sRGB. */
  readonly icc?: Buffer | undefined;
}

/** Where pixels with a profile are saved, and whether their colours become sRGB or the profile stays with them. */
export interface ShowingProfile {
  readonly scratch: string;
  readonly profile: 'applied' | 'attached';
}

/**
 * Takes pixels into memory and gives a pipeline of them for any encoder: 8 bits a sample, exactly those that the
 * encoder of a JPEG takes, and upright. Throws what sharp throws.
 */
export async function shownPixels(
  reader: TiffReader,
  { picture, orientation, bits, icc }: Shown,
  showing: ShowingProfile,
): Promise<Sharp> {
  // Sharp would cut 16 bits off at 255, not scale them.
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
  { scratch, profile }: ShowingProfile,
): Promise<Sharp> {
  const { width, height, channels } = info;
  const grey = channels === 1;
  const path = `${scratch}.profiled`;
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
