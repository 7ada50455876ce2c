import { randomFrom } from './sample-noise.ts';

/** An 8-bit picture with 3 channels (RGB) or 1 (a mask: 255 is full ink), without padding. */
export interface Pixels {
  data: Uint8Array;
  width: number;
  height: number;
}

/** Warm white of old paper, and the brown-black of its ink. */
const PAPER = [244, 238, 226] as const;
const INK = [42, 34, 30] as const;

/** An empty page with the faint grain and darker edges of scanned paper. */
export function blankPage(width: number, height: number): Pixels {
  const random = randomFrom(7);
  const data = new Uint8Array(width * height * 3);
  const dark = (length: number) =>
    Float64Array.from({ length }, (_, index) => 9 * ((2 * index) / length - 1) ** 4);
  const across = dark(width);
  const down = dark(height);
  for (let y = 0, at = 0; y < height; y++) {
    const edge = down[y] ?? 0;
    for (let x = 0; x < width; x++, at += 3) {
      const shade = random() * 3 - edge - (across[x] ?? 0);
      data[at] = PAPER[0] + shade;
      data[at + 1] = PAPER[1] + shade;
      data[at + 2] = PAPER[2] + shade;
    }
  }
  return { data, width, height };
}

/** Draws a photograph onto the page, with film grain so that it does not look computed. */
export function placePhoto(page: Pixels, photo: Pixels, left: number, top: number): void {
  const random = randomFrom(99);
  for (let y = 0; y < photo.height; y++) {
    let to = ((top + y) * page.width + left) * 3;
    let from = y * photo.width * 3;
    for (let x = 0; x < photo.width; x++, to += 3) {
      const grain = (random() + random() - 1) * 9;
      for (let channel = 0; channel < 3; channel++) {
        const value = (photo.data[from++] ?? 0) + grain;
        page.data[to + channel] = Math.min(255, Math.max(0, value));
      }
    }
  }
}

/** Inks the page through a mask. */
export function placeInk(page: Pixels, mask: Pixels, left: number, top: number): void {
  for (let y = 0; y < mask.height; y++) {
    for (let x = 0; x < mask.width; x++) {
      const cover = mask.data[y * mask.width + x] ?? 0;
      if (cover === 0) continue;
      const at = ((top + y) * page.width + left + x) * 3;
      for (let channel = 0; channel < 3; channel++) {
        const paper = page.data[at + channel] ?? 0;
        const ink = INK[channel] ?? 0;
        page.data[at + channel] = paper + ((ink - paper) * cover) / 255;
      }
    }
  }
}

/** Fills a rectangle with one colour. */
export function placeBox(
  page: Pixels,
  box: { left: number; top: number; width: number; height: number },
  colour: readonly number[] = INK,
): void {
  for (let y = box.top; y < box.top + box.height; y++) {
    const from = (y * page.width + box.left) * 3;
    for (let at = from; at < from + box.width * 3; at++) {
      page.data[at] = colour[(at - from) % 3] ?? 0;
    }
  }
}
