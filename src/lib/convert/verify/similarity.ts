import { areasOf } from './areas.ts';
import {
  add,
  addColourRow,
  addGreyRow,
  CELL,
  type Cells,
  clearCells,
  emptyCells,
} from './cells.ts';

/** A picture with 8 bits per sample. */
export interface PictureSize {
  /** In pixels. */
  readonly width: number;
  readonly height: number;
  /** Samples per pixel: 1 or 3. */
  readonly channels: number;
}

/** The comparison of two pictures in each area, in the order of `areasOf`. */
export interface AreaSums {
  /** Squared differences of all samples. */
  readonly error: Float64Array;
  readonly pixels: Float64Array;
  /** Differences of the samples, for each channel. */
  readonly shifts: readonly Float64Array[];
  /** Structural similarities of the windows that begin in the area. */
  readonly similarity: Float64Array;
  readonly windows: Float64Array;
}

/** Constants of Wang et al. 2004 for 8 bits: (0.01 × 255)² and (0.03 × 255)². */
const C1 = 6.5025;
const C2 = 58.5225;

/**
 * Compares two pictures of the same size, row by row from top to bottom: squared differences of all
 * samples, and structural similarity of the luma (Wang et al. 2004) in windows of 8 × 8 pixels, one
 * every 4 pixels, as in x264 and FFmpeg; a smaller picture has smaller windows. Holds one row of
 * windows and the sums of the areas.
 */
export function compareByRows({ width, height, channels }: PictureSize) {
  const columns = Math.ceil(width / CELL);
  const { count, areaAt } = areasOf({ width, height });
  const zeros = () => new Float64Array(count);
  const shifts = Array.from({ length: channels }, zeros);
  const sums = { error: zeros(), pixels: zeros(), similarity: zeros(), windows: zeros() };
  const addRow = channels === 1 ? addGreyRow : addColourRow;
  let [above, cells] = [emptyCells(columns), emptyCells(columns)];
  let y = 0;

  const addWindows = (row: number, top: Cells, bottom: Cells) => {
    // A picture with one column of cells has windows one cell wide.
    for (let column = 0; column < Math.max(1, columns - 1); column++) {
      const area = areaAt(column * CELL, row * CELL);
      add(sums.similarity, area, similarity(top, bottom, column));
      add(sums.windows, area, 1);
    }
  };
  const endCells = (row: number) => {
    for (let column = 0; column < columns; column++) {
      const area = areaAt(column * CELL, row * CELL);
      add(sums.error, area, cells.error[column]);
      add(sums.pixels, area, cells.pixels[column]);
      for (const [channel, shift] of shifts.entries())
        add(shift, area, cells.shifts[channel]?.[column]);
    }
    if (row > 0) addWindows(row - 1, above, cells);
    [above, cells] = [cells, above];
    clearCells(cells);
  };

  return {
    /** Takes the next rows of both pictures. */
    add(a: Uint8Array, b: Uint8Array): void {
      const rowLength = width * channels;
      for (let at = 0; at < a.length; at += rowLength) {
        addRow(cells, a, b, at, width);
        y++;
        if (y % CELL === 0 || y === height) endCells(Math.floor((y - 1) / CELL));
      }
    },
    /** The sums, after the last row. */
    end(): AreaSums {
      if (height <= CELL) addWindows(0, above, cells);
      return { ...sums, shifts };
    },
  };
}

/** The structural similarity of a window of four cells. */
function similarity(top: Cells, bottom: Cells, column: number): number {
  const n = sum(top.pixels, column) + sum(bottom.pixels, column);
  const a = (sum(top.a, column) + sum(bottom.a, column)) / n;
  const b = (sum(top.b, column) + sum(bottom.b, column)) / n;
  const squares = (sum(top.squares, column) + sum(bottom.squares, column)) / n;
  const products = (sum(top.products, column) + sum(bottom.products, column)) / n;
  const variances = Math.max(0, squares - a * a - b * b);
  const covariance = products - a * b;
  return ((2 * a * b + C1) * (2 * covariance + C2)) / ((a * a + b * b + C1) * (variances + C2));
}

function sum(sums: Float64Array, column: number): number {
  return (sums[column] ?? 0) + (sums[column + 1] ?? 0);
}
