import type { TiffSource } from './tiff-source.ts';
import type { TiffEntry } from './tiff-values.ts';

/** InkSet of TIFF 6.0, section 16: CMYK, which is the default, and any other inks. */
const [CMYK, OTHER] = [1, 2] as const;

/**
 * InkNames of CMYK: names end in NUL, except sometimes the last. Further inks would be extra
 * samples.
 */
const CMYK_NAMES = /^(?:cyan|c)\0(?:magenta|m)\0(?:yellow|y)\0(?:black|k)(?:\0|$)/i;
/** More bytes than these names take. */
const MOST_NAMES = 64;

/**
 * The inks of a page's samples. Some writers set InkSet 2 and then name cyan, magenta, yellow and
 * black; unnamed inks could be any. Throws what reading throws.
 */
export async function inkSetOf(
  source: TiffSource,
  inkSet: number | undefined,
  names: TiffEntry | undefined,
): Promise<1 | 2> {
  if (inkSet !== OTHER) return CMYK;
  const view = names && (await source.read(names.position, Math.min(names.count, MOST_NAMES)));
  if (!view) return OTHER;
  const text = Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString('latin1');
  return CMYK_NAMES.test(text) ? CMYK : OTHER;
}
