import { open, stat } from '../files.ts';
import { isUtf8Path } from '../path-bytes.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../tiff-signature.ts';
import { unreadableFile } from '../unreadable-file.ts';
import type { ReadableFile } from './header/tiff-source.ts';
import { NO_TIFF_TO_SHARP, notATiff } from './refusal.ts';

/** Enough for a signature, and for the first words of a text. */
const HEAD_LENGTH = 512;

/**
 * Throws `ConversionError` (`NOT_A_TIFF`), naming what the file is where that can be told, when it does not begin as a TIFF
 * does; `FileError` when it cannot be read.
 */
export async function refuseOtherFormats(path: string, name: string): Promise<void> {
  const head = await readHead(path, name);
  await refuseOthers(head, name, (detector) =>
    // It takes paths as text; the first bytes of a file tell it most.
    isUtf8Path(path) ? detector.fileTypeFromFile(path) : detector.fileTypeFromBuffer(head),
  );
}

/** A few thousand first bytes tell most formats. */
const REMOTE_HEAD_LENGTH = 4_096;

/**
 * The same for a file of `fileBytes` bytes that lies elsewhere and is read in pieces. Throws
 * `ConversionError` (`NOT_A_TIFF`), and what reading throws.
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
  const what = isText(head)
    ? 'is a text file, not a TIFF'
    : 'is not a TIFF: it does not begin as one';
  throw notATiff(name, what, NO_TIFF_TO_SHARP);
}

async function readHead(path: string, name: string): Promise<Uint8Array> {
  try {
    // Opening a pipe that nobody writes to would block for ever.
    const there = await stat(path);
    // A folder is refused by the system, in the words that `unreadableFile` knows a remedy for.
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
  // A truncated archive makes the detector throw; then nobody knows what the file is.
  const type = await detect(await import('file-type')).catch(() => undefined);
  if (!type || type.mime === 'image/tiff' || type.ext === 'xml') return undefined;
  const letters = CALLED[type.ext] ?? type.ext.toUpperCase();
  return `${/^[AEFHILMNORSX]/.test(letters) ? 'an' : 'a'} ${letters} file (${type.mime})`;
}

/** Formats that people call by other letters than the detector does. */
const CALLED: Readonly<Record<string, string>> = { jpg: 'JPEG', jp2: 'JPEG 2000' };

/** Formats that begin with words, which file-type leaves alone. */
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

/** Whether bytes are all letters, digits and the like in UTF-8, UTF-16 with its mark, or an older encoding of a byte a letter. */
function isText(head: Uint8Array): boolean {
  const [a, b] = head;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) return true;
  // Tab to carriage return, and what terminals are told by.
  return head.every(
    (byte) => (byte >= 9 && byte <= 13) || byte === 27 || (byte >= 32 && byte !== 127),
  );
}
