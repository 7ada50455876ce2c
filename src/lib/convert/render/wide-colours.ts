import { rm, writeFile } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import { createPlainTiff } from '../fallback/plain-tiff.ts';
import type { AlphaPlan } from './alpha.ts';
import { greyProfile } from './grey-profile.ts';
import type { TiffReader } from './sharp-tiff.ts';

/**
 * How the profile of a picture of 16 bits is applied, where sharp 0.35.5 does it wrong: it takes RGB to
 * Display P3 without saying so (sRGB's red comes out as 234, 51, 34), and grey nowhere (pipeline.cc,
 * `processingProfile`).
 */
export type WideColours =
  /** By us, from 16 bits to sRGB in one step. */
  | 'exactly'
  /** By sharp, as with a picture of 8 bits, which it is made first. */
  | 'as 8 bits';

/** What decides about it. */
export interface WidePicture {
  readonly metadata: Pick<Metadata, 'space' | 'icc'>;
  readonly alpha: AlphaPlan;
  /** The picture is saved on the way, where there is room for 8 bits only. */
  readonly saved: boolean;
  /** A path beside which files may be made. */
  readonly scratch: string;
}

/**
 * Plans it; undefined where sharp does it right. Transparency belongs between profile and sRGB, where
 * sharp lays it on the background only in 8 bits. A profile that is no use is sharp's to refuse: on the
 * exact way libvips would silently take the picture for Display P3.
 */
export async function planWideColours(
  reader: TiffReader,
  { metadata: { space, icc }, alpha, saved, scratch }: WidePicture,
): Promise<WideColours | undefined> {
  if (!icc || (space !== 'rgb16' && space !== 'grey16')) return undefined;
  if (saved || alpha.kind === 'flatten' || alpha.kind === 'blend') return 'as 8 bits';
  const usable = await isUsable(reader, { icc, grey: space === 'grey16' }, `${scratch}.pixel`);
  return usable ? 'exactly' : 'as 8 bits';
}

/** Whether sharp can apply a profile: tried on a single pixel. */
async function isUsable(
  { openTiff }: TiffReader,
  { icc, grey }: { readonly icc: Uint8Array; readonly grey: boolean },
  path: string,
): Promise<boolean> {
  const colours = grey ? 'grey' : 'rgb';
  const pixel = { width: 1, height: 1, bits: 8, colours, alpha: undefined, icc } as const;
  try {
    const tiff = await createPlainTiff(path, { ...pixel, orientation: 1 });
    await tiff.write(new Uint8Array(grey ? 1 : 3));
    await tiff.close();
    let usable = true;
    const picture = openTiff(path).on('warning', () => {
      usable = false;
    });
    await picture.raw().toBuffer();
    return usable;
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * Tells a pipeline what was planned; one of RGB must have been told to ignore the profile where that is
 * `exactly`. May leave a file beside `scratch`, which goes with the temporary folder.
 */
export async function applyWideColours(
  picture: Sharp,
  wide: WideColours | undefined,
  { space }: Pick<Metadata, 'space'>,
  scratch: string,
): Promise<void> {
  const grey = space === 'grey16';
  if (wide === 'as 8 bits') picture.pipelineColourspace(grey ? 'b-w' : 'srgb');
  if (wide !== 'exactly') return;
  // Named, sRGB would make three channels of one.
  const target = grey ? `${scratch}.icc` : 'srgb';
  if (grey) await writeFile(target, greyProfile());
  picture.toColourspace(grey ? 'grey16' : 'rgb16').withIccProfile(target, { attach: false });
}
