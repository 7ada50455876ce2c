/** JPEGs of further pages that nothing replaces any more. */
export interface LeftPages {
  /** Counted from 1, ascending. */
  readonly pages: readonly number[];
  /** The name of a further page's JPEG. */
  readonly nameOf: (page: number) => string;
  /** The TIFF they were made from. */
  readonly source: string;
  /** Whether it is known that the earlier version of that TIFF had more pages. */
  readonly hadMore?: boolean;
}

/**
 * The warning about JPEGs of further pages from an earlier version of a TIFF, which stay beside its
 * JPEGs; undefined if there are none.
 */
export function leftPagesWarning({ pages, nameOf, source, hadMore }: LeftPages) {
  if (pages.length === 0) return undefined;
  const named = rangesOf(pages).map(([first, last]) =>
    first === last ? nameOf(first) : `${nameOf(first)} to ${nameOf(last)}`,
  );
  const were = pages.length === 1 ? 'was' : 'were';
  return (
    `${named.join(', ')} ${were} made of an earlier version of ${source}, ` +
    `${hadMore ? 'which had more pages, ' : ''}and ${were} kept; delete those that nobody needs`
  );
}

/** The warning that a TIFF's JPEG becomes one of another page. */
export function pageChangedWarning(
  output: string,
  { source, from, to }: { readonly source: string; readonly from: string; readonly to: number },
): string {
  return `${output} was page ${from} of ${source}, and becomes page ${to}.`;
}

/** The first and the last of numbers without a gap. */
function rangesOf(pages: readonly number[]): [first: number, last: number][] {
  const ranges: [number, number][] = [];
  for (const page of pages) {
    const range = ranges.at(-1);
    if (range?.[1] === page - 1) range[1] = page;
    else ranges.push([page, page]);
  }
  return ranges;
}
