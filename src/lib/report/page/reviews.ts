/** What a reviewer says about a file. */
export interface Review {
  readonly reviewed: boolean;
  readonly looksWrong: boolean;
  readonly note: string;
}

/** The reviews of a report's files, remembered by the browser. */
export interface Reviews {
  of(file: number): Review;
  set(file: number, changes: Partial<Review>): void;
  /** Adds a listener, which gets the file of each change. */
  onChange(listen: (file: number) => void): void;
}

const NONE: Review = { reviewed: false, looksWrong: false, note: '' };

/**
 * `key` distinguishes this report from others. Browsers may store nothing for local files: then the
 * reviews last as long as the page.
 */
export function openReviews(key: string): Reviews {
  const reviews = new Map(stored(key));
  const listeners: ((file: number) => void)[] = [];
  const of = (file: number) => reviews.get(file) ?? NONE;
  return {
    of,
    set: (file, changes) => {
      reviews.set(file, { ...of(file), ...changes });
      store(key, [...reviews]);
      for (const listen of listeners) listen(file);
    },
    onChange: (listen) => listeners.push(listen),
  };
}

function stored(key: string): readonly (readonly [number, Review])[] {
  try {
    const entries: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    if (!Array.isArray(entries)) return [];
    return entries.filter((entry) => Array.isArray(entry) && typeof entry[0] === 'number');
  } catch {
    return [];
  }
}

function store(key: string, reviews: readonly (readonly [number, Review])[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(reviews));
  } catch {
    // Kept by the page alone.
  }
}
