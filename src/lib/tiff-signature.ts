import { open, stat } from './files.ts';

/** How many bytes `isTiffSignature` needs. */
export const TIFF_SIGNATURE_LENGTH = 4;

/**
 * Whether these first bytes are a TIFF's: byte order `II` or `MM`, then 42 (TIFF 6.0, section 2) or
 * 43 (BigTIFF).
 */
export function isTiffSignature(bytes: Uint8Array): boolean {
  const [a, b, c, d] = bytes;
  if (a === 0x49 && b === 0x49) return (c === 42 || c === 43) && d === 0;
  if (a === 0x4d && b === 0x4d) return c === 0 && (d === 42 || d === 43);
  return false;
}

/** Whether a file begins like a TIFF. Throws what opening or reading it throws. */
export async function hasTiffSignature(path: string): Promise<boolean> {
  return isTiffSignature(await headOf(path));
}

/** Whether there is a file that begins like a JPEG (ITU-T T.81, B.1.1.3: SOI, then a marker). */
export async function hasJpegSignature(path: string): Promise<boolean> {
  try {
    // Opening a pipe would wait for its writer.
    if (!(await stat(path)).isFile()) return false;
    const [a, b, c] = await headOf(path);
    return a === 0xff && b === 0xd8 && c === 0xff;
  } catch {
    return false;
  }
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const head = new Uint8Array(TIFF_SIGNATURE_LENGTH);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
