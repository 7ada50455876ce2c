import { pageName } from '../jpeg-name.ts';
import { absolutePath } from '../path-bytes.ts';

/** The owner of a path. */
export interface Reservation {
  readonly input: string;
  /** The TIFF itself, or the JPEG of its first page. */
  readonly as: 'source' | 'jpeg';
}

/** Why a path is not available. */
export interface Objection {
  /** The path in question: the wanted one, or that of a further page. */
  readonly path: string;
  readonly by: Reservation;
  /** The page number, if it is another TIFF's further page. */
  readonly page?: number;
}

/** The reserved paths of a run. */
export interface OutputReservations {
  reserve(path: string, reservation: Reservation): void;
  /** Why `input` cannot have a JPEG at a path; undefined if it can. */
  objection(path: string, input: string): Promise<Objection | undefined>;
}

/** Tells of a TIFF whether a further page, by its number, gets a JPEG. */
export type FurtherPages = (input: string) => Promise<(page: number) => boolean>;

/**
 * Keeps the paths of a run's TIFFs and JPEGs apart, also on file systems that ignore letter case or
 * Unicode form. With `furtherPages`, also those of further pages (`pageName`); it is called only
 * for a TIFF whose further pages might collide, because it may read the file.
 */
export function createOutputReservations(
  furtherPages: FurtherPages | undefined,
): OutputReservations {
  const reservations = new Map<string, Reservation>();
  /** The paths that look like further pages, by the first page's path and the page number. */
  const pages = new Map<string, Map<number, Reservation>>();

  const asFurtherPage = async (path: string): Promise<Objection | undefined> => {
    const further = looksLikePage(keyOf(path));
    const by = further && reservations.get(further.first);
    if (!by || by.as === 'source') return undefined;
    const isNamed = await furtherPages?.(by.input);
    return isNamed?.(further.page) ? { path, by, page: further.page } : undefined;
  };
  const byOwnPages = async (path: string, input: string): Promise<Objection | undefined> => {
    const met = pages.get(keyOf(path));
    const isNamed = met && (await furtherPages?.(input));
    const [page, by] = [...(met ?? [])].find(([page]) => isNamed?.(page)) ?? [];
    return page && by ? { path: pageName(path, page), by } : undefined;
  };
  return {
    reserve: (path, reservation) => {
      const key = keyOf(path);
      reservations.set(key, reservation);
      const further = looksLikePage(key);
      if (!further) return;
      const met = pages.get(further.first) ?? new Map<number, Reservation>();
      pages.set(further.first, met.set(further.page, reservation));
    },
    objection: async (path, input) => {
      const by = reservations.get(keyOf(path));
      if (by) return { path, by };
      return (await asFurtherPage(path)) ?? (await byOwnPages(path, input));
    },
  };
}

/** The same key for all forms of a path that some file system treats as equal. */
function keyOf(path: string): string {
  return absolutePath(path).normalize('NFC').toLowerCase().toUpperCase();
}

/** The first page's key and the page number, if a key has the form of `pageName`. */
function looksLikePage(key: string): { readonly first: string; readonly page: number } | undefined {
  const [, stem, number, ending] = /^(.*)\.PAGE-([1-9]\d{0,8})(\.[^./\\]*)?$/s.exec(key) ?? [];
  const page = Number(number);
  return stem !== undefined && page > 1 ? { first: stem + (ending ?? ''), page } : undefined;
}
