import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { useFolder } from './use-folder.ts';

/** A folder of TIFFs for one test. */
export interface CollectionFolder {
  readonly root: string;
  path(name: string): string;
  /** The files that it was made with, in their order. */
  readonly inputs: readonly string[];
}

/** For the tests of a file: makes folders of TIFFs, which are removed after the tests. */
export function useCollections(): (
  files: Readonly<Record<string, Uint8Array | string>>,
) => Promise<CollectionFolder> {
  const folder = useFolder();
  let count = 0;
  return async (files) => {
    const root = await folder.make(`${++count}`);
    const path = (name: string) => join(root, name);
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(path(name)), { recursive: true });
      await writeFile(path(name), content);
    }
    return { root, path, inputs: Object.keys(files).map(path) };
  };
}
