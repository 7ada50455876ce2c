import { open, stat } from '../files.ts';
import { isUtf8Path } from '../path-bytes.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../tiff-signature.ts';
import { unreadableFile } from '../unreadable-file.ts';
import type { ReadableFile } from './header/tiff-source.ts';
import { NO_TIFF_TO_SHARP, notATiff } from './refusal.ts';

/** Enough for a signature, and for the first words of a text. */
const HEAD_LENGTH = 512;

/**
 * Throws `ConversionError` (`NOT_A_TIFF`), with the file's real format if it is recognised, if it
 * does not begin like a TIFF; `FileError` if it cannot be read.
 */
export async function refuseOtherFormats(path: string, name: string): Promise<void> {
  const head = await readHead(path, name);
  await refuseOthers(head, name, (detector) =>
    // The detector takes paths as text; for others, the first bytes are usually enough.
    isUtf8Path(path) ? detector.fileTypeFromFile(path) : detector.fileTypeFromBuffer(head),
  );
}

/** The first few thousand bytes identify most formats. */
const REMOTE_HEAD_LENGTH = 4_096;

/**
 * The same for a remote file of `fileBytes` bytes that is read in pieces. Throws `ConversionError`
 * (`NOT_A_TIFF`), and what reading throws.
 */
export async function refuseOtherRemotes(
  file: ReadableFile,
  fileBytes: number,
  name: string,
): Promise<void> {
  const bytes = new Uint8Array(Math.min(REMOTE_HEAD_LENGTH, fileBytes));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
  const head = bytes.subarray(0, bytesRead);
  await refuseOthers(head, name, (detector) => detector.fileTypeFromBuffer(head));
}

type Detector = typeof import('file-type');
type Detect = (detector: Detector) => ReturnType<Detector['fileTypeFromBuffer']>;

async function refuseOthers(head: Uint8Array, name: string, detect: Detect): Promise<void> {
  if (head.length === 0) throw notATiff(name, 'is empty (0 bytes), not a TIFF');
  if (head.length >= TIFF_SIGNATURE_LENGTH && isTiffSignature(head)) return;
  const kind = (await kindOfBinary(detect)) ?? kindOfMarkup(head);
  if (kind) throw notATiff(name, `is ${kind}, not a TIFF`);
  const what = isText(head) ? 'is a text file, not a TIFF' : 'is not a TIFF: it has no TIFF header';
  throw notATiff(name, what, NO_TIFF_TO_SHARP);
}

async function readHead(path: string, name: string): Promise<Uint8Array> {
  try {
    // Opening a pipe without a writer would block forever.
    const there = await stat(path);
    // The system refuses a folder itself, with an error for which `unreadableFile` has a remedy.
    if (!there.isFile() && !there.isDirectory()) throw new Error('it is a device or a pipe');
    const file = await open(path);
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(HEAD_LENGTH), 0, HEAD_LENGTH, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadableFile(`"${name}"`, error);
  }
}

async function kindOfBinary(detect: Detect): Promise<string | undefined> {
  // The detector throws on a truncated archive; the format then stays unknown.
  const type = await detect(await import('file-type')).catch(() => undefined);
  if (!type || type.mime === 'image/tiff' || type.ext === 'xml') return undefined;
  const letters = CALLED[type.ext] ?? type.ext.toUpperCase();
  return `${/^[AEFHILMNORSX]/.test(letters) ? 'an' : 'a'} ${letters} file (${type.mime})`;
}

/** Formats whose common name differs from the detector's. */
const CALLED: Readonly<Record<string, string>> = { jpg: 'JPEG', jp2: 'JPEG 2000' };

/** Text formats, which file-type does not detect. */
function kindOfMarkup(head: Uint8Array): string | undefined {
  const text = new TextDecoder('utf-8')
    .decode(head)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE\s+svg|<svg)\b/is.test(text))
    return 'an SVG file (image/svg+xml)';
  if (/^(<!DOCTYPE\s+html|<html)\b/i.test(text)) return 'an HTML page (text/html)';
  if (/^<\?xml\b/i.test(text)) return 'an XML file (application/xml)';
  return undefined;
}

/**
 * Whether bytes are text in UTF-8, UTF-16 with a byte order mark, or an older single-byte encoding.
 */
function isText(head: Uint8Array): boolean {
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true;
  // Tab to carriage return, and escape sequences of terminals.
  return head.every(
    (byte) => (byte >= 9 && byte <= 13) || byte === 27 || (byte >= 32 && byte !== 127),
  );
}
