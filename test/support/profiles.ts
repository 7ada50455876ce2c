import sharp from 'sharp';

/** An ICC profile that sharp has built in. Throws when it gives none. */
export async function builtInProfile(name: 'srgb' | 'p3' | 'cmyk'): Promise<Buffer> {
  const channels = name === 'cmyk' ? 4 : 3;
  const pixel = sharp(Buffer.alloc(channels), { raw: { width: 1, height: 1, channels } });
  const made = name === 'cmyk' ? pixel.removeAlpha().toColourspace('cmyk') : pixel;
  const tiff = await made.withIccProfile(name).tiff().toBuffer();
  const { icc } = await sharp(tiff).metadata();
  if (!icc) throw new Error(`sharp has no profile "${name}".`);
  return icc;
}
