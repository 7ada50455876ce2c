import type { Sharp } from 'sharp';
import type { Region } from '../messages.ts';

/** How a picture becomes upright: first mirrored, then turned clockwise. */
export interface Turning {
  /** Swaps top and bottom. */
  readonly flip?: boolean;
  /** Swaps left and right. */
  readonly flop?: boolean;
  readonly angle?: 90 | 180 | 270;
}

type UprightSize = Pick<Region, 'width' | 'height'>;

/** By TIFF's orientation tag; sharp also mirrors first. */
const TURNS: Readonly<Record<number, Turning>> = {
  2: { flop: true },
  3: { angle: 180 },
  4: { flip: true },
  5: { flip: true, angle: 90 },
  6: { angle: 90 },
  7: { flip: true, angle: 270 },
  8: { angle: 270 },
};

/** What makes a picture with an orientation tag (1 to 8; others count as 1) upright. */
export function turnOf(orientation: number): Turning {
  return TURNS[orientation] ?? {};
}

/** A pipeline that mirrors and turns at its end. */
export function turnUpright(picture: Sharp, { flip = false, flop = false, angle }: Turning): Sharp {
  picture.flip(flip).flop(flop);
  return angle ? picture.rotate(angle) : picture;
}

/** Where a region of the upright picture is before mirroring and turning. */
export function regionLying(
  region: Region,
  upright: UprightSize,
  { flip, flop, angle }: Turning,
): Region {
  const lies = angle === 90 || angle === 270;
  const size = lies ? { width: upright.height, height: upright.width } : upright;
  const { left, top, width, height } = turnedBack(region, upright, angle);
  return {
    left: flop ? size.width - left - width : left,
    top: flip ? size.height - top - height : top,
    width,
    height,
  };
}

function turnedBack(region: Region, upright: UprightSize, angle: Turning['angle']): Region {
  const { left, top, width, height } = region;
  const right = upright.width - left - width;
  const bottom = upright.height - top - height;
  if (angle === 90) return { left: top, top: right, width: height, height: width };
  if (angle === 180) return { left: right, top: bottom, width, height };
  if (angle === 270) return { left: bottom, top: left, width: height, height: width };
  return region;
}
