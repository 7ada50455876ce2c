import { basename } from 'node:path';
import { systemCodeOf } from '../../errors.ts';
import { hasTiffEnding } from '../../jpeg-name.ts';
import { hasTiffSignature } from '../../tiff-signature.ts';

/**
 * Raw camera files begin like TIFFs, but contain sensor data and a small picture; anyone who keeps
 * them beside TIFFs wants the TIFFs. Adobe, Canon, Epson, GoPro, Hasselblad and Imacon, Kodak,
 * Leaf, Leica, Mamiya, Nikon, Pentax, Phase One, Samsung, Sony.
 */
const CAMERA_RAW =
  /\.(dng|cr2|erf|gpr|3fr|fff|dcr|k25|kdc|mos|rwl|mef|nef|nrw|pef|ptx|iiq|cap|srw|arw|sr2|srf)$/i;

/** macOS stores what other file systems cannot hold in `._scan.tif` beside `scan.tif`. */
const APPLE_DOUBLE = '._';

/** Whether a file that was found, not named, is converted. */
export type FoundKind = 'tiff' | 'other' | { readonly unreadable: unknown };

/**
 * Whether a file in a folder is a TIFF: by its extension, so that a damaged one is reported;
 * otherwise by its first bytes. `unreadable` if those cannot be read.
 */
export async function judgeFile(path: string): Promise<FoundKind> {
  const name = basename(path);
  const byContent = name.startsWith(APPLE_DOUBLE) || !hasTiffEnding(name);
  if (!byContent) return 'tiff';
  if (CAMERA_RAW.test(name)) return 'other';
  try {
    return (await hasTiffSignature(path)) ? 'tiff' : 'other';
  } catch (error) {
    // Deleted meanwhile, or a dangling link.
    return systemCodeOf(error) === 'ENOENT' ? 'other' : { unreadable: error };
  }
}
