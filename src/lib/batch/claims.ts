import { outputKeys } from '../keys.ts';

/** Which TIFF of a run has a key, as long as nothing is there. */
export interface KeyClaims {
  /** The other TIFF that a key is kept for; undefined when it is kept for nobody else. */
  keptFor(key: string, input: string): string | undefined;
}

/**
 * Keeps the keys of a run's JPEGs apart where two TIFFs could have one, `a.tif` and `a.tiff`: the first in order has it, whoever
 * is faster. It is about free keys alone: what lies under a key already tells itself whose it is.
 */
export function claimKeys(inputs: readonly string[]): KeyClaims {
  const owners = new Map<string, string>();
  for (const input of inputs) {
    const free = outputKeys(input).find((key) => !owners.has(key));
    if (free !== undefined) owners.set(free, input);
  }
  return {
    keptFor: (key, input) => {
      const owner = owners.get(key);
      return owner === input ? undefined : owner;
    },
  };
}
