/** Side of a cell in pixels: a window is two cells wide and high, and one begins at each cell. */
export const CELL = 4;

/** Sums over a row of cells, of the luma of two pictures; a cell of zeros follows the last. */
export interface Cells {
  readonly pixels: Float64Array;
  readonly a: Float64Array;
  readonly b: Float64Array;
  /** Squares of both pictures. */
  readonly squares: Float64Array;
  readonly products: Float64Array;
  /** Squared differences of all samples. */
  readonly error: Float64Array;
  /** Differences of the first, second and third sample. */
  readonly shifts: readonly [Float64Array, Float64Array, Float64Array];
}

/** An empty row of cells. */
export function emptyCells(columns: number): Cells {
  const zeros = () => new Float64Array(columns + 1);
  return {
    pixels: zeros(),
    a: zeros(),
    b: zeros(),
    squares: zeros(),
    products: zeros(),
    error: zeros(),
    shifts: [zeros(), zeros(), zeros()],
  };
}

/** Sets all sums to zero. */
export function clearCells({ shifts, ...sums }: Cells): void {
  for (const one of [...Object.values(sums), ...shifts]) one.fill(0);
}

/** Adds a row of one-sample pixels, beginning at `at`, to its cells. */
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
    addLuma(cells, column, sumA, sumB, squares, products);
    add(cells.pixels, column, end - x);
    // (a - b)² = a² + b² - 2ab: with one sample per pixel, the luma is enough.
    add(cells.error, column, squares - 2 * products);
    add(cells.shifts[0], column, sumA - sumB);
  }
}

/** Adds a row of red, green and blue. */
export function addColourRow(
  cells: Cells,
  a: Uint8Array,
  b: Uint8Array,
  at: number,
  width: number,
): void {
  const [reds, greens, blues] = cells.shifts;
  for (let x = 0, column = 0, i = at; x < width; x += CELL, column++) {
    const end = Math.min(x + CELL, width);
    let sumA = 0;
    let sumB = 0;
    let squares = 0;
    let products = 0;
    let error = 0;
    let redder = 0;
    let greener = 0;
    let bluer = 0;
    for (let pixel = x; pixel < end; pixel++, i += 3) {
      const red = (a[i] ?? 0) - (b[i] ?? 0);
      const green = (a[i + 1] ?? 0) - (b[i + 1] ?? 0);
      const blue = (a[i + 2] ?? 0) - (b[i + 2] ?? 0);
      error += red * red + green * green + blue * blue;
      redder += red;
      greener += green;
      bluer += blue;
      const left = lumaAt(a, i);
      const right = lumaAt(b, i);
      sumA += left;
      sumB += right;
      squares += left * left + right * right;
      products += left * right;
    }
    addLuma(cells, column, sumA, sumB, squares, products);
    add(cells.pixels, column, end - x);
    add(cells.error, column, error);
    add(reds, column, redder);
    add(greens, column, greener);
    add(blues, column, bluer);
  }
}

/** JPEG's luma (ITU-T T.871, section 7), with 16 fraction bits. */
function lumaAt(rgb: Uint8Array, i: number): number {
  const sum = 19_595 * (rgb[i] ?? 0) + 38_470 * (rgb[i + 1] ?? 0) + 7_471 * (rgb[i + 2] ?? 0);
  return (sum + 32_768) >> 16;
}

function addLuma(
  cells: Cells,
  column: number,
  a: number,
  b: number,
  squares: number,
  products: number,
): void {
  add(cells.a, column, a);
  add(cells.b, column, b);
  add(cells.squares, column, squares);
  add(cells.products, column, products);
}

/** Adds to one sum. */
export function add(sums: Float64Array, at: number, value = 0): void {
  sums[at] = (sums[at] ?? 0) + value;
}
