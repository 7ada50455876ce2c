import stringWidth from 'string-width';

/** The text, or as much of its end as fits: the end of a path distinguishes files. */
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

/** As many of the first parts as fit, with the separator between them. */
export function fitParts(parts: readonly string[], columns: number, between: string): string[] {
  const fitting: string[] = [];
  for (const part of parts) {
    if (stringWidth([...fitting, part].join(between)) > columns) break;
    fitting.push(part);
  }
  return fitting;
}
