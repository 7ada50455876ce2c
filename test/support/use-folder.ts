import { afterAll, beforeAll } from 'vitest';
import { makeFolder, type TestFolder } from './folder.ts';

/**
 * A folder for the tests of a file: made before them and removed after them. Throws when it is used
 * before that, outside of tests and hooks.
 */
export function useFolder(): Omit<TestFolder, 'remove'> {
  let folder: TestFolder | undefined;
  beforeAll(async () => {
    folder = await makeFolder();
  });
  afterAll(() => folder?.remove());
  const made = () => {
    if (!folder) throw new Error('The folder is not there yet: use it in tests and hooks only.');
    return folder;
  };
  return {
    get root() {
      return made().root;
    },
    path: (name) => made().path(name),
    write: (name, content) => made().write(name, content),
    make: (name) => made().make(name),
  };
}
