import { ConversionError } from '../errors.ts';
import { open, stat } from '../files.ts';
import { isUtf8Path } from '../path-bytes.ts';
import { isTiffSignature, TIFF_SIGNATURE_LENGTH } from '../tiff-signature.ts';
import { unreadableFile } from '../unreadable-file.ts';
import type { ReadableFile } from './header/tiff-source.ts';

/** Enough for a signature, and for the first words of a text. */
const HEAD_LENGTH = 512;

/**
 * Throws `ConversionError` (`NOT_A_TIFF`) naming what the file is, when that can be told and it is no
 * TIFF; `FileError` when it cannot be read. What nobody recognises is left to the decoder, whose own
 * message the contract asks for.
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
  if (head.length === 0)
    throw new ConversionError(
      'NOT_A_TIFF',
      `"${name}" is empty (0 bytes), not a TIFF. Look where it was made or copied.`,
    );
  if (head.length >= TIFF_SIGNATURE_LENGTH && isTiffSignature(head)) return;
  const kind = (await kindOfBinary(detect)) ?? kindOfText(head);
  if (!kind) return;
  throw new ConversionError(
    'NOT_A_TIFF',
    `"${name}" is ${kind}, not a TIFF. Only TIFFs are converted; check what was uploaded under that name.`,
  );
}

async function readHead(path: string, name: string): Promise<Uint8Array> {
  try {
    // Opening a pipe that nobody writes to would block for ever.
    if (!(await stat(path)).isFile()) throw new Error('it is no regular file');
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
  return `a ${type.ext.toUpperCase()} file (${type.mime})`;
}

/** Formats that begin with words; file-type leaves them alone. */
function kindOfText(head: Uint8Array): string | undefined {
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
