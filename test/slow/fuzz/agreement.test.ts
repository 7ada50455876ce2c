import { copyFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { CollectionEvent } from '../../../src/lib/collection/events.ts';
import { convertInPlace } from '../../../src/lib/convert/convert-in-place.ts';
import { defaultEncoderSettings } from '../../../src/lib/convert/encoder-settings.ts';
import { inspectFile } from '../../../src/lib/convert/inspect/inspect-file.ts';
import { limitsNow } from '../../../src/lib/convert/plan/resources.ts';
import { openConverter } from '../../../src/lib/convert/process/converter.ts';
import { ArkeError } from '../../../src/lib/errors.ts';
import { runCollection } from '../../support/collections.ts';
import { allSharedFiles, hasSharedTiffs, noSharedTiffs } from '../../support/shared-tiffs.ts';
import { useFolder } from '../../support/use-folder.ts';
import { drawOriginal, mutate } from './mutate.ts';
import { originals } from './originals.ts';

const MUTANTS = 300;
const SEED = 20_262;
/** Little, so that it is always there: figures of it stand in messages. */
const budget = { memoryBytes: 300 * 1024 ** 2 };
const folder = useFolder();

/** An error, as all three tell it. */
interface Told {
  readonly code: string;
  readonly message: string;
}

/** What the header tells: no conversion may be the first to say it. */
const TOLD_BY_HEADER =
  /not a TIFF|no readable directory|list of pages|all of its pixels are there|does not say how|which TIFF does not have|and TIFF has|no value in its|tile size|Bad value|Null count|failed to read directory|IFD looping|support is not configured|doesn't match SamplesPerPixel|BitsPerSample entry count|has no pixels|the file ends [\d ]+ bytes? before|that it needs|(?:has|have) 0 bytes|does not say where|pixels, but a JPEG|which arke-tiff cannot decode \(|more than arke-tiff can decode|limit \d+ MB/;

it('inspect, a dry run and a conversion say the same of every TIFF at hand', async () => {
  if (!hasSharedTiffs) console.warn(`Without real TIFFs: ${noSharedTiffs}.`);
  const paths = await inputs();
  const inspected = new Map<string, Told | undefined>();
  for (const path of paths) inspected.set(basename(path), await inspectionError(path));
  const jobs = availableParallelism();
  const common = { budget, jobs, keepRecord: false };
  const dry = await runCollection(paths, { ...common, dryRun: true });
  const planned = new Map(dry.events.flatMap(plannedOf));
  const { ends } = await runCollection(paths, common);

  const problems: string[] = [];
  const counts = { converted: 0, certain: 0, decoding: 0 };
  for (const [name, told] of inspected) {
    const end = ends[name];
    const failed = end?.status === 'failed' ? end.error : undefined;
    if (!same(told, planned.get(name)))
      problems.push(`${name}: inspect ${words(told)}, dry run ${words(planned.get(name))}`);
    if (told ? !same(told, failed) : failed && TOLD_BY_HEADER.test(failed.message))
      problems.push(`${name}: inspect ${words(told)}, convert ${words(failed)}`);
    counts[told ? 'certain' : failed ? 'decoding' : 'converted']++;
  }
  console.info(`Said of ${paths.length} files: ${JSON.stringify(counts)}`);
  expect(problems).toEqual([]);
  expect(dry.summary.would_fail).toBe(counts.certain);
  expect(dry.summary.converted).toBe(counts.converted + counts.decoding);
  for (const count of Object.values(counts)) expect(count).toBeGreaterThan(10);
  expect(await decodedAllTheSame(paths, inspected)).toEqual([]);
}, 1_800_000);

/** The real TIFFs, mutants, and what is no TIFF, all under names of their own in one folder. */
async function inputs(): Promise<string[]> {
  const shared = await Promise.all(
    allSharedFiles().map(async (file, index) => {
      const path = folder.path(`${index}-${basename(file)}`);
      await copyFile(file, path);
      return path;
    }),
  );
  const all = await originals();
  const mutants = Array.from({ length: MUTANTS }, (_, index) => {
    const [original, random] = drawOriginal(all, SEED + index);
    return [`mutant-${SEED + index}.tif`, mutate(original.bytes, random).bytes] as const;
  });
  const made = await Promise.all(
    [...mutants, ...(await others())].map(async ([name, bytes]) => {
      await writeFile(folder.path(name), bytes);
      return folder.path(name);
    }),
  );
  return [...shared, ...made];
}

async function others(): Promise<readonly (readonly [string, Uint8Array])[]> {
  const picture = sharp({ create: { width: 9, height: 9, channels: 3, background: 'teal' } });
  return [
    ['text.tif', Buffer.from('neither fish nor fowl')],
    ['xml.tif', Buffer.from('<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>')],
    ['bmp.tif', Buffer.concat([Buffer.from('BM'), Buffer.alloc(60)])],
    ['empty.tif', Buffer.alloc(0)],
    ['jpeg.tif', await picture.clone().jpeg().toBuffer()],
    ['png.tif', await picture.clone().png().toBuffer()],
  ];
}

async function inspectionError(path: string): Promise<Told | undefined> {
  const limits = await limitsNow(budget, folder.root);
  const options = { name: path, encoder: defaultEncoderSettings, pages: 'first', limits } as const;
  try {
    return (await inspectFile(path, options)).error;
  } catch (error) {
    if (error instanceof ArkeError) return error;
    throw error;
  }
}

function plannedOf(event: CollectionEvent): (readonly [string, Told | undefined])[] {
  if (event.event !== 'file.planned') return [];
  return [[basename(event.input), event.status === 'would_fail' ? event.error : undefined]];
}

function same(one: Told | undefined, other: Told | undefined): boolean {
  return words(one) === words(other);
}

function words(told: Told | undefined): string {
  return told ? `${told.code}: ${told.message}` : 'says nothing';
}

/** What is refused as incomplete, and yet becomes a JPEG when its decoder is asked. */
async function decodedAllTheSame(
  paths: readonly string[],
  inspected: ReadonlyMap<string, Told | undefined>,
): Promise<string[]> {
  const converter = openConverter(folder.root);
  const decoded: string[] = [];
  try {
    for (const path of paths) {
      if (!inspected.get(basename(path))) continue;
      const asked = { converter, damageTold: 'by sharp', budget } as const;
      await convertInPlace(path, folder.path('asked.jpg'), asked).then(
        () => decoded.push(`${basename(path)}: ${words(inspected.get(basename(path)))}`),
        () => undefined,
      );
    }
  } finally {
    await converter.close();
  }
  return decoded;
}
