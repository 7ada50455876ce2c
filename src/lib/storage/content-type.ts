/**
 * The content type of a file by what is in it, as file-type recognises it (TIFF: `image/tiff`);
 * `application/octet-stream` for what it does not know or cannot read.
 */
export async function contentTypeOf(path: string): Promise<string> {
  const { fileTypeFromFile } = await import('file-type');
  const type = await fileTypeFromFile(path).catch(() => undefined);
  return type?.mime ?? 'application/octet-stream';
}
