import { outputKeys } from '../keys.ts';

/** Which TIFF of a run gets a free key. */
export interface KeyReservations {
  /** The other TIFF for which a key is reserved; undefined if there is none. */
  reservedFor(key: string, input: string): string | undefined;
}

/**
 * Separates the keys of a run's JPEGs if two TIFFs could have the same one, such as `a.tif` and
 * `a.tiff`: the first in order gets it, whichever is faster. Only free keys matter here: an
 * existing object tells whose it is.
 */
export function reserveKeys(inputs: readonly string[]): KeyReservations {
  const owners = new Map<string, string>();
  for (const input of inputs) {
    const free = outputKeys(input).find((key) => !owners.has(key));
    if (free !== undefined) owners.set(free, input);
  }
  return {
    reservedFor: (key, input) => {
      const owner = owners.get(key);
      return owner === input ? undefined : owner;
    },
  };
}
