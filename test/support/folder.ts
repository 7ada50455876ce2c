import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of a test's own. */
export interface TestFolder {
  readonly root: string;
  path(name: string): string;
  /** Writes a file and gives its path back. */
  write(name: string, content: string | Uint8Array): Promise<string>;
  /** Makes a folder in it and gives its path back. */
  make(name: string): Promise<string>;
  remove(): Promise<void>;
}

/** Makes an empty folder; remove it when the tests are through. */
export async function makeFolder(): Promise<TestFolder> {
  const root = await mkdtemp(join(tmpdir(), 'arke-tiff-test-'));
  const path = (name: string) => join(root, name);
  return {
    root,
    path,
    write: async (name, content) => {
      await writeFile(path(name), content);
      return path(name);
    },
    make: async (name) => {
      await mkdir(path(name));
      return path(name);
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
