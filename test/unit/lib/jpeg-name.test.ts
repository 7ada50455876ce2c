import { describe, expect, it } from 'vitest';
import { jpegNameProblem } from '../../../src/lib/jpeg-name.ts';

describe('the name of a JPEG', () => {
  it.each([
    ...['x.png', 'x.tif', 'a/x.TIFF', 'x.geotiff', 'x.jpegxl', 'x.jp2', 'x.7z', 'x.2tif', 'x.3fr'],
    ...['x.photoshop', 'скан.тиф', 'x.jpg.tif', 'x.page-2.webp', 'C:\\scans\\x.bmp'],
  ])('is refused if its ending suggests another format: %s', (path) => {
    expect(jpegNameProblem(path)).toBe(
      `${path} would be a JPEG. Choose a name that ends in .jpg, .jpeg or .jpe.`,
    );
  });

  it.each([
    ...['x.jpg', 'x.JPEG', 'x.jpe', 'x', 'scan.page-2', 'box.0142', '1912.04.30', 'scan.tif/x'],
    ...['a.b/x', '.hidden', 'x.', 'x. 3 (copy)', 'x.3-fr'],
  ])('is accepted if its ending is that of a JPEG, or of no format: %s', (path) => {
    expect(jpegNameProblem(path)).toBeUndefined();
  });
});
