/** Side of the areas measured separately, in pixels: four blocks of subsampled chroma. */
export const AREA = 64;

/** A rectangle of a picture, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The areas of a picture, row by row, each `AREA` pixels wide and high. The last of a row or column
 * includes the remainder, so that none is too small to be meaningful.
 */
export function areasOf(picture: { readonly width: number; readonly height: number }) {
  const across = Math.max(1, Math.floor(picture.width / AREA));
  const down = Math.max(1, Math.floor(picture.height / AREA));
  return {
    count: across * down,
    /** The number of the area with this pixel. */
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
 * The top left of a box, given in the stored picture, when the picture is shown as EXIF's
 * orientation asks (Exif 3.0, 4.6.5, Orientation; TIFF 6.0, section 8).
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
