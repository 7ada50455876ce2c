/** Side of a cell in pixels: a window is two cells wide and high, and one begins at each. */
export const CELL = 4;

/** Sums over a row of cells, of the luma of two pictures; one cell of zeros follows the last. */
export interface Cells {
  readonly pixels: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Of the squares of both. */
  readonly squares: Float64Array;
  readonly products: Float64Array;
  /** Of the squared differences of all samples. */
  readonly error: Float64Array;
}

/** A row of cells to which nothing was added. */
export function emptyCells(columns: number): Cells {
  const zeros = () => new Float64Array(columns + 1);
  return {
    pixels: zeros(),
    a: zeros(),
    b: zeros(),
    squares: zeros(),
    products: zeros(),
    error: zeros(),
  };
}

/** Adds a row of pixels of one sample, which begins at `at`, to its cells. */
export function addGreyRow(
  cells: Cells,
  a: Uint8Array,
  b: Uint8Array,
  at: number,
  width: number,
): void {
  for (let x = 0, column = 0; x < width; x += CELL, column++) {
    const end = Math.min(x + CELL, width);
    let sumA = 0;
    let sumB = 0;
    let squares = 0;
    let products = 0;
    for (let i = at + x; i < at + end; i++) {
      const left = a[i] ?? 0;
      const right = b[i] ?? 0;
      sumA += left;
      sumB += right;
      squares += left * left + right * right;
      products += left * right;
    }
    // (a - b)² = a² + b² - 2ab: with one sample a pixel the luma tells it all.
    add(cells, column, end - x, sumA, sumB, squares, products, squares - 2 * products);
  }
}

/** The same of red, green and blue. */
export function addColourRow(
  cells: Cells,
  a: Uint8Array,
  b: Uint8Array,
  at: number,
  width: number,
): void {
  for (let x = 0, column = 0, i = at; x < width; x += CELL, column++) {
    const end = Math.min(x + CELL, width);
    let sumA = 0;
    let sumB = 0;
    let squares = 0;
    let products = 0;
    let error = 0;
    for (let pixel = x; pixel < end; pixel++, i += 3) {
      const red = (a[i] ?? 0) - (b[i] ?? 0);
      const green = (a[i + 1] ?? 0) - (b[i + 1] ?? 0);
      const blue = (a[i + 2] ?? 0) - (b[i + 2] ?? 0);
      error += red * red + green * green + blue * blue;
      const left = lumaAt(a, i);
      const right = lumaAt(b, i);
      sumA += left;
      sumB += right;
      squares += left * left + right * right;
      products += left * right;
    }
    add(cells, column, end - x, sumA, sumB, squares, products, error);
  }
}

/** As JPEG has it (ITU-T T.871, section 7), in 16 bits of fraction. */
function lumaAt(rgb: Uint8Array, i: number): number {
  const sum = 19_595 * (rgb[i] ?? 0) + 38_470 * (rgb[i + 1] ?? 0) + 7_471 * (rgb[i + 2] ?? 0);
  return (sum + 32_768) >> 16;
}

function add(
  cells: Cells,
  column: number,
  pixels: number,
  a: number,
  b: number,
  squares: number,
  products: number,
  error: number,
): void {
  cells.pixels[column] = (cells.pixels[column] ?? 0) + pixels;
  cells.a[column] = (cells.a[column] ?? 0) + a;
  cells.b[column] = (cells.b[column] ?? 0) + b;
  cells.squares[column] = (cells.squares[column] ?? 0) + squares;
  cells.products[column] = (cells.products[column] ?? 0) + products;
  cells.error[column] = (cells.error[column] ?? 0) + error;
}
