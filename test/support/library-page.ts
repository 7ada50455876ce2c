import { readFile } from 'node:fs/promises';

/** What docs/library.md says that the package exports, and the examples that it shows. */
export interface LibraryPage {
  /** What there is at run time: functions, values, classes. */
  readonly values: readonly string[];
  readonly types: readonly string[];
  readonly examples: readonly string[];
}

const page = new URL('../../docs/library.md', import.meta.url);

export async function readLibraryPage(): Promise<LibraryPage> {
  const text = await readFile(page, 'utf8');
  const [before = '', after = ''] = text.split('\n## Types\n');
  const namesIn = (part: string, pattern: RegExp) =>
    [...part.matchAll(pattern)].map(([, name = '']) => name);
  const examples = [...text.matchAll(/^```ts\n(import [\s\S]*?)^```$/gm)];
  return {
    values: namesIn(before, /^### `(\w+)`$/gm),
    types: namesIn(after, /^(?:interface|type) (\w+)/gm),
    examples: examples.map(([, code = '']) => code),
  };
}
