/** Side of the areas that are looked at one by one, in pixels: four blocks of subsampled chroma. */
export const AREA = 64;

/** A rectangle of a picture, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The areas of a picture, row by row, each `AREA` pixels wide and high; the last of a row or column has what is
 * left over, too, so that none is too small to say anything of.
 */
export function areasOf(picture: { readonly width: number; readonly height: number }) {
  const across = Math.max(1, Math.floor(picture.width / AREA));
  const down = Math.max(1, Math.floor(picture.height / AREA));
  return {
    count: across * down,
    /** The number of the area that a pixel is in. */
    areaAt: (x: number, y: number): number =>
      Math.min(down - 1, Math.floor(y / AREA)) * across +
      Math.min(across - 1, Math.floor(x / AREA)),
    boxOf: (area: number): Box => {
      const [column, row] = [area % across, Math.floor(area / across)];
      const [x, y] = [column * AREA, row * AREA];
      const width = column === across - 1 ? picture.width - x : AREA;
      const height = row === down - 1 ? picture.height - y : AREA;
      return { x, y, width, height };
    },
  };
}

/**
 * Where the left top of a box is when the picture, of so many pixels as it is stored, is seen as EXIF's orientation
 * asks for (Exif 3.0, 4.6.5, Orientation; TIFF 6.0, section 8).
 */
export function placeAsSeen(
  { x, y, width, height }: Box,
  picture: { readonly width: number; readonly height: number },
  orientation: number,
): { readonly x: number; readonly y: number } {
  const right = picture.width - x - width;
  const below = picture.height - y - height;
  const across = [2, 3, 7, 8].includes(orientation) ? right : x;
  const down = [3, 4, 6, 7].includes(orientation) ? below : y;
  return orientation >= 5 ? { x: down, y: across } : { x: across, y: down };
}
