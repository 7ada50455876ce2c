/** Called for each item of the TIFF's metadata that the JPEG does not get, with the reason. */
export type Drop = (what: string, why: string) => void;

/** How many are named; a damaged directory can have thousands. */
const MOST_NAMED = 6;

/** Collects what is dropped. `sentence` is undefined if nothing was. */
export function collectDrops(): { readonly drop: Drop; sentence(): string | undefined } {
  const reasons = new Map<string, string>();
  return {
    drop: (what, why) => {
      if (!reasons.has(what)) reasons.set(what, why);
    },
    sentence: () => {
      if (reasons.size === 0) return undefined;
      const named = [...reasons].slice(0, MOST_NAMED).map(([what, why]) => `${what} (${why})`);
      const more = reasons.size - named.length;
      const list = [...named, ...(more > 0 ? [`${more} more`] : [])].join(', ');
      return `Metadata of the TIFF that the JPEG does not have: ${list}`;
    },
  };
}
