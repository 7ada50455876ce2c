/** The bytes of an object in an answer; `end` is the last one. */
export interface AnsweredRange {
  readonly key: string;
  readonly start: number;
  readonly end: number;
}

/** Decides which answers break off. */
export interface BrokenAnswers {
  /**
   * After how many bytes this answer breaks off; undefined if it resumes a broken one: it has the
   * same end and begins later.
   */
  breaksAfter(range: AnsweredRange): number | undefined;
}

/** Breaks off each answer halfway, once: a request for the rest succeeds. */
export function createBrokenAnswers(): BrokenAnswers {
  const broken = new Map<string, number>();
  return {
    breaksAfter({ key, start, end }) {
      const name = `${end} ${key}`;
      const before = broken.get(name);
      if (before !== undefined && start > before) {
        broken.delete(name);
        return undefined;
      }
      const length = end - start + 1;
      if (length < 2) return undefined;
      broken.set(name, start);
      return Math.floor(length / 2);
    },
  };
}

/** The range in an answer's headers; undefined if it has no bytes of an object. */
export function answeredRange(
  key: string,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): AnsweredRange | undefined {
  const [, start, end] = /^bytes (\d+)-(\d+)\//.exec(String(headers['content-range'])) ?? [];
  if (status === 206 && start !== undefined) return { key, start: Number(start), end: Number(end) };
  const length = Number(headers['content-length'] ?? Number.NaN);
  return status === 200 && length > 0 ? { key, start: 0, end: length - 1 } : undefined;
}
