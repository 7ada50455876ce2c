import { pageName } from '../jpeg-name.ts';
import { absolutePath } from '../path-bytes.ts';

/** Whose a path is. */
export interface Claim {
  readonly input: string;
  /** The TIFF itself, or the JPEG of its first page. */
  readonly as: 'source' | 'jpeg';
}

/** Why a path cannot be had. */
export interface Objection {
  /** The path that is taken: the one that was wanted, or that of a further page. */
  readonly path: string;
  readonly by: Claim;
  /** If it is the other's further page: which. */
  readonly page?: number;
}

/** The paths of a run that are taken. */
export interface OutputClaims {
  claim(path: string, claim: Claim): void;
  /** What is against a JPEG of `input` at a path, if anything. */
  objection(path: string, input: string): Promise<Objection | undefined>;
}

/**
 * Keeps the paths of TIFFs and JPEGs of a run apart, as file systems do that tell neither letters' cases
 * nor how they are composed. With `countPages` also those of further pages (`pageName`): it is asked only
 * of a TIFF whose further pages would meet another path, as it has to read the file.
 */
export function createOutputClaims(
  countPages: ((input: string) => Promise<number>) | undefined,
): OutputClaims {
  const claims = new Map<string, Claim>();
  /** Of the paths that look like a further page's the one with the lowest number, by the first page's. */
  const pages = new Map<string, { readonly page: number; readonly claim: Claim }>();

  const asFurtherPage = async (path: string): Promise<Objection | undefined> => {
    const looks = looksLikePage(keyOf(path));
    const by = looks && claims.get(looks.first);
    if (!by || by.as === 'source' || ((await countPages?.(by.input)) ?? 1) < looks.page)
      return undefined;
    return { path, by, page: looks.page };
  };
  const byOwnPages = async (path: string, input: string): Promise<Objection | undefined> => {
    const met = pages.get(keyOf(path));
    if (!met || ((await countPages?.(input)) ?? 1) < met.page) return undefined;
    return { path: pageName(path, met.page), by: met.claim };
  };
  return {
    claim: (path, claim) => {
      const key = keyOf(path);
      claims.set(key, claim);
      const looks = looksLikePage(key);
      if (looks && looks.page < (pages.get(looks.first)?.page ?? Infinity))
        pages.set(looks.first, { page: looks.page, claim });
    },
    objection: async (path, input) => {
      const by = claims.get(keyOf(path));
      if (by) return { path, by };
      return (await asFurtherPage(path)) ?? (await byOwnPages(path, input));
    },
  };
}

/** One for all ways to write a path that some file system takes for one. */
function keyOf(path: string): string {
  return absolutePath(path).normalize('NFC').toLowerCase().toUpperCase();
}

/** The first page's key and the number, if a key is one that `pageName` gives to a further page. */
function looksLikePage(key: string): { readonly first: string; readonly page: number } | undefined {
  const [, stem, number, ending] = /^(.*)\.PAGE-([1-9]\d{0,8})(\.[^./\\]*)?$/s.exec(key) ?? [];
  const page = Number(number);
  return stem !== undefined && page > 1 ? { first: stem + (ending ?? ''), page } : undefined;
}
