import { pictureId } from '../page-data.ts';

/** A picture that the page holds, as an image's source; undefined where it has none, or not yet. */
export function pictureOf(kind: Parameters<typeof pictureId>[0], file: number): string | undefined {
  const base64 = document.getElementById(pictureId(kind, file))?.textContent;
  return base64 ? `data:image/webp;base64,${base64}` : undefined;
}
