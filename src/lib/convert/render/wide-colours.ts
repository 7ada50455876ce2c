import { rm, writeFile } from 'node:fs/promises';
import type { Metadata, Sharp } from 'sharp';
import { createPlainTiff } from '../fallback/plain-tiff.ts';
import type { AlphaPlan } from './alpha.ts';
import { greyProfile } from './grey-profile.ts';
import type { TiffReader } from './sharp-tiff.ts';

/**
 * How the profile of a 16-bit picture is applied if sharp 0.35.5 does it wrong: it silently
 * converts RGB to Display P3 (sRGB's red becomes 234, 51, 34), and does not convert grey
 * (pipeline.cc, `processingProfile`).
 */
export type WideColours =
  /** By us, from 16 bits to sRGB in one step. */
  | 'exactly'
  /** By sharp, after reducing the picture to 8 bits. */
  | 'as 8 bits';

/** What the decision depends on. */
export interface WidePicture {
  readonly metadata: Pick<Metadata, 'space' | 'icc'>;
  readonly alpha: AlphaPlan;
  /** The picture is saved in between, with room for 8 bits only. */
  readonly saved: boolean;
  /** Where a single pixel may be saved. */
  readonly pixel: string;
}

/**
 * Plans it; undefined if sharp does it right. Transparency is flattened between profile and sRGB,
 * which sharp does only in 8 bits. sharp must refuse an unusable profile: in the exact way libvips
 * would silently assume Display P3.
 */
export async function planWideColours(
  reader: TiffReader,
  { metadata: { space, icc }, alpha, saved, pixel }: WidePicture,
): Promise<WideColours | undefined> {
  if (!icc || (space !== 'rgb16' && space !== 'grey16')) return undefined;
  if (saved || alpha.kind === 'flatten' || alpha.kind === 'blend') return 'as 8 bits';
  const usable = await isUsable(reader, { icc, grey: space === 'grey16' }, pixel);
  return usable ? 'exactly' : 'as 8 bits';
}

/** Whether sharp can apply a profile, tried on a single pixel. */
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
 * Tells a pipeline what was planned; one of RGB must have been told to ignore the profile where
 * that is `exactly`. The profile of a grey picture is put at `profile`.
 */
export async function applyWideColours(
  picture: Sharp,
  wide: WideColours | undefined,
  { space }: Pick<Metadata, 'space'>,
  profile: string,
): Promise<void> {
  const grey = space === 'grey16';
  if (wide === 'as 8 bits') picture.pipelineColourspace(grey ? 'b-w' : 'srgb');
  if (wide !== 'exactly') return;
  // sRGB by name would make three channels of one.
  const target = grey ? profile : 'srgb';
  if (grey) await writeFile(target, greyProfile());
  picture.toColourspace(grey ? 'grey16' : 'rgb16').withIccProfile(target, { attach: false });
}
