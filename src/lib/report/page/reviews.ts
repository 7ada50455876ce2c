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
  /** Whether the browser has kept the latest change: it may be full, or store nothing. */
  areKept(): boolean;
  /** Adds a listener, which gets the file of each change, here or in another tab. */
  onChange(listen: (file: number) => void): void;
}

const NONE: Review = { reviewed: false, looksWrong: false, note: '' };

/**
 * `key` distinguishes this report from others. Browsers may store nothing for local files: then the
 * reviews last as long as the page. Reviews of the same report in another tab are kept, too.
 */
export function openReviews(key: string): Reviews {
  const reviews = new Map(stored(key));
  const listeners: ((file: number) => void)[] = [];
  let areKept = true;
  const of = (file: number) => reviews.get(file) ?? NONE;
  const tell = (file: number) => {
    for (const listen of listeners) listen(file);
  };
  const takeOver = () => {
    for (const [file, review] of stored(key)) {
      const isNew = JSON.stringify(review) !== JSON.stringify(of(file));
      reviews.set(file, review);
      if (isNew) tell(file);
    }
  };
  addEventListener('storage', (event) => {
    if (event.key === key) takeOver();
  });
  return {
    of,
    areKept: () => areKept,
    set: (file, changes) => {
      // What another tab has stored meanwhile; not where this one could not store its own.
      if (areKept) takeOver();
      reviews.set(file, { ...of(file), ...changes });
      areKept = store(key, [...reviews]);
      tell(file);
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

function store(key: string, reviews: readonly (readonly [number, Review])[]): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(reviews));
    return true;
  } catch {
    return false;
  }
}
