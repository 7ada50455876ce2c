import { basename } from 'node:path';
import { Readable } from 'node:stream';
import type { FoundInputs } from '../collection/inputs/find-inputs.ts';
import { OptionsError, SettingsError } from '../errors.ts';
import type { CollectionInput } from './collection-input.ts';

/** How paths are searched, as in the options of functions. */
interface PathSearch {
  readonly recursive?: boolean | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** The TIFFs that were found or named, first by path, then the pairs. */
export async function findTiffs(
  inputs: readonly (string | CollectionInput)[],
  { recursive = false, include = [], exclude = [] }: PathSearch,
  signal: AbortSignal,
): Promise<FoundInputs> {
  const paths = inputs.filter((one) => typeof one === 'string');
  const pairs = inputs.filter((one) => typeof one !== 'string');
  const named = pairs.map((pair) => ({ name: basename(pair.input), ...pair }));
  if (paths.length === 0) return { found: named, unread: [], warnings: [] };
  // Loaded only now: a package that it needs cannot be loaded from a bundle of ES modules
  // (`refuseBundled`).
  const { findInputs } = await import('../collection/inputs/find-inputs.ts');
  const request = { paths, recursive, include, exclude };
  const inputFiles = await findInputs(request, Readable.from([]), signal).catch(asOptions);
  return { ...inputFiles, found: [...inputFiles.found, ...named] };
}

/** A wrong flag of the command is a wrong option here. */
function asOptions(error: unknown): never {
  throw error instanceof SettingsError ? new OptionsError(error.problems, { cause: error }) : error;
}
