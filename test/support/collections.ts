import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CollectionEvent, FileRecord } from '../../src/lib/collection/events.ts';
import type { CollectionRunOptions } from '../../src/lib/collection/options.ts';
import { RECORD_NAME } from '../../src/lib/collection/record/output-record.ts';
import { runCollection as startCollection } from '../../src/lib/collection/run-collection.ts';
import { defaultEncoderSettings } from '../../src/lib/convert/encoder-settings.ts';
import { jpegName } from '../../src/lib/jpeg-name.ts';

/** What a run in a test is told, if nothing else is said. */
const usual: Omit<CollectionRunOptions, 'signal'> = {
  encoder: defaultEncoderSettings,
  pages: 'first',
  budget: {},
  jobs: 2,
  force: false,
  keepRecord: true,
  checksum: false,
  preserveTimestamps: false,
  failFast: false,
  dryRun: false,
  strict: { failOn: new Set<never>() },
  program: 'arke-tiff/test',
};

/** How a run in a test differs from a usual one, and who is told of each event as it happens. */
export interface RunChanges extends Partial<CollectionRunOptions> {
  readonly onEvent?: (event: CollectionEvent) => void;
}

/** What a run has told. */
export interface ToldRun {
  readonly events: readonly CollectionEvent[];
  /** How the files ended, by their names without folders. */
  readonly ends: Readonly<Record<string, FileRecord>>;
  readonly summary: Extract<CollectionEvent, { event: 'collection.ended' }>;
}

/** Converts TIFFs to JPEGs beside them. Throws what the run throws. */
export async function runCollection(
  inputs: readonly string[],
  { onEvent, ...changes }: RunChanges = {},
): Promise<ToldRun> {
  const conversions = inputs.map((input) => ({ input, output: jpegName(input) }));
  const options = { ...usual, signal: new AbortController().signal, ...changes };
  const events: CollectionEvent[] = [];
  for await (const event of startCollection(conversions, options)) {
    events.push(event);
    onEvent?.(event);
  }
  const ends = events.flatMap((event) =>
    event.event === 'file.ended' ? [[event.input.replace(/^.*\//, ''), event] as const] : [],
  );
  const [summary] = events.slice(-1);
  if (summary?.event !== 'collection.ended') throw new Error('The run has no end.');
  return { events, ends: Object.fromEntries(ends), summary };
}

/** How each file ended, in one word. */
export function wordsOf({ ends }: ToldRun): Record<string, string> {
  return Object.fromEntries(Object.entries(ends).map(([name, { status }]) => [name, status]));
}

/** The lines of a folder's record without what differs from run to run: times and costs. */
export async function timelessRecord(folder: string): Promise<unknown[]> {
  const text = await readFile(join(folder, RECORD_NAME), 'utf8');
  const changing = new Set(['ms', 'cpu_seconds', 'peak_bytes', 'output_mtime_ms']);
  const lines = text.split('\n').filter(Boolean);
  return lines.map((line) =>
    JSON.parse(line, (key, value: unknown) => (changing.has(key) ? undefined : value)),
  );
}

/** All files of a folder but its TIFFs and its record, by name. */
export async function outputsIn(folder: string): Promise<Record<string, Buffer>> {
  const names = (await readdir(folder)).filter((name) => !/\.tiff?$|jsonl$/.test(name)).sort();
  const read = async (name: string) => [name, await readFile(join(folder, name))] as const;
  return Object.fromEntries(await Promise.all(names.map(read)));
}
