import stringWidth from 'string-width';

/** The text, or as much of its end as has room in so many columns: of a path that is what tells files apart. */
export function fitEnd(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns < 1) return '';
  let kept = '';
  let room = columns - 1;
  for (const { segment } of [...new Intl.Segmenter().segment(text)].reverse()) {
    room -= stringWidth(segment);
    if (room < 0) break;
    kept = segment + kept;
  }
  return `…${kept}`;
}

/** As many of the parts, from the first, as have room in so many columns with that between them. */
export function fitParts(parts: readonly string[], columns: number, between: string): string[] {
  const fitting: string[] = [];
  for (const part of parts) {
    if (stringWidth([...fitting, part].join(between)) > columns) break;
    fitting.push(part);
  }
  return fitting;
}
