import { createReadStream } from '../files.ts';
import { isUtf8Path } from '../path-bytes.ts';

/** How many bytes of a file tell its type, by file-type's own account. */
const HEAD_BYTES = 4_100;

/**
 * The content type of a file by what is in it, as file-type recognises it (TIFF: `image/tiff`);
 * `application/octet-stream` for what it does not know or cannot read.
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
