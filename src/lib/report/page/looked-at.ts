/** The files ticked as reviewed, remembered by the browser. */
export interface LookedAt {
  has(file: number): boolean;
  set(file: number, isLookedAt: boolean): void;
  /** Adds a listener for changes. */
  onChange(listen: () => void): void;
}

/**
 * `key` distinguishes this report from others. Browsers may store nothing for local files: then it
 * lasts as long as the page.
 */
export function openLookedAt(key: string): LookedAt {
  const files = new Set(stored(key));
  const listeners: (() => void)[] = [];
  return {
    has: (file) => files.has(file),
    set: (file, isLookedAt) => {
      if (isLookedAt) files.add(file);
      else files.delete(file);
      store(key, [...files]);
      for (const listen of listeners) listen();
    },
    onChange: (listen) => listeners.push(listen),
  };
}

function stored(key: string): readonly number[] {
  try {
    const files: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(files) ? files.filter((file) => typeof file === 'number') : [];
  } catch {
    return [];
  }
}

function store(key: string, files: readonly number[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(files));
  } catch {
    // Kept by the page alone.
  }
}
