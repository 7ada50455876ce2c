import { pictureId } from '../page-data.ts';

/** The source of a picture in the page; undefined if it has none, or not yet. */
export function pictureOf(kind: Parameters<typeof pictureId>[0], file: number): string | undefined {
  const base64 = document.getElementById(pictureId(kind, file))?.textContent;
  return base64 ? `data:image/webp;base64,${base64}` : undefined;
}
