import { type Peer, peers } from '../../support/peers.ts';
import { type Picture, psnr } from '../../support/pixels.ts';
import type { SharedTiff } from '../../support/shared-tiffs.ts';
import { arbiters, hasPicture } from './arbiters.ts';

/**
 * What independent readers, and the contract's snippet, make of a TIFF; undefined where they fail.
 */
export type Renditions = Readonly<Record<Peer | 'snippet', Picture | undefined>>;

/** Two pictures at least so much alike, in decibels, are the same picture. */
export const ALIKE = 30;

/** Whether a picture is one of those it should be. */
export function isAlike(picture: Picture, references: readonly Picture[]): boolean {
  return references.some((reference) => psnr(picture, reference) >= ALIKE);
}

/**
 * The pictures that are right for a TIFF: the known one, else by the arbiter where there is one,
 * else those of two or more peers that agree, else that of the only one that can read it; none
 * where it should be refused. Throws when peers disagree and no arbiter says who is right, and when
 * nobody can read it.
 */
export async function referencesFor(
  tiff: SharedTiff,
  renditions: Renditions,
  ours: Picture | undefined,
): Promise<Picture[]> {
  if (!hasPicture(tiff)) return [];
  if (tiff.right) return [await tiff.right()];
  const arbiter = arbiters[tiff.file];
  if (arbiter && 'picture' in arbiter) return [await arbiter.picture(tiff)];
  if (arbiter && 'lookedAt' in arbiter) return ours ? [ours] : [];
  const given = arbiter && 'right' in arbiter ? arbiter.right : peers;
  const pictures = given.map((name) => renditions[name]).filter((p) => p !== undefined);
  if (arbiter) return pictures;
  const agreed = pictures.filter((one) =>
    pictures.some((other) => other !== one && psnr(one, other) >= ALIKE),
  );
  if (agreed.length > 0) return agreed;
  if (pictures.length === 1) return pictures;
  throw new Error(
    `${pictures.length} peers can read "${tiff.file}", and no two agree: say in test/slow/fidelity/arbiters.ts who is right, and why.`,
  );
}
