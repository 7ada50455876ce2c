import { createReadStream } from '../files.ts';
import { isUtf8Path } from '../path-bytes.ts';

/** How many bytes determine a file's type, according to file-type. */
const HEAD_BYTES = 4_100;

/**
 * The content type of a file from its content, as file-type recognises it (TIFF: `image/tiff`);
 * `application/octet-stream` if unknown or unreadable.
 */
export async function contentTypeOf(path: string): Promise<string> {
  const { fileTypeFromBuffer, fileTypeFromFile } = await import('file-type');
  // It takes paths as text.
  const find = isUtf8Path(path)
    ? fileTypeFromFile(path)
    : headOf(path).then((head) => fileTypeFromBuffer(head));
  const type = await find.catch(() => undefined);
  return type?.mime ?? 'application/octet-stream';
}

async function headOf(path: string): Promise<Buffer> {
  const pieces: Buffer[] = await createReadStream(path, { end: HEAD_BYTES - 1 }).toArray();
  return Buffer.concat(pieces);
}
