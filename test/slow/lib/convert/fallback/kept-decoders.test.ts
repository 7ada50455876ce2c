import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { convertInPlace } from '../../../../../src/lib/convert/convert-in-place.ts';
import { openPage } from '../../../../../src/lib/convert/open-page.ts';
import { isFax } from '../../../../../src/lib/convert/plan/page-kinds.ts';
import { type Converter, openConverter } from '../../../../../src/lib/convert/process/converter.ts';
import { faultyPages, soundPages } from '../../../../support/decoder-pages.ts';
import { allSharedFiles, hasSharedTiffs, noSharedTiffs } from '../../../../support/shared-tiffs.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
beforeAll(() => {
  if (!hasSharedTiffs) console.warn(`Left out: ${noSharedTiffs}.`);
});

/** What becomes of a TIFF: the hash of its JPEG, or the error. */
async function outcome(input: string, converter: Converter): Promise<string> {
  const output = folder.path('out.jpg');
  try {
    await convertInPlace(input, output, { converter, effort: 'fast' });
    return createHash('sha256')
      .update(await readFile(output))
      .digest('hex');
  } catch (error) {
    return `${error}`;
  }
}

/** What becomes of each TIFF, in a process for each, or in one for all in this order. */
async function outcomes(inputs: readonly string[], kept: boolean) {
  const made = new Map<string, string>();
  let converter = openConverter(folder.root);
  for (const input of inputs) {
    made.set(basename(input), await outcome(input, converter));
    if (kept) continue;
    await converter.close();
    converter = openConverter(folder.root);
  }
  await converter.close();
  return made;
}

/** In an order by chance, the same for the same number. */
function shuffled<T>(all: readonly T[], number: number): T[] {
  const place = (index: number) => createHash('md5').update(`${number}-${index}`).digest('hex');
  return all
    .map((one, index) => [place(index), one] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);
}

/** Whether a TIFF may get to the decoders beside sharp, or cannot be opened. */
async function isOdd(input: string): Promise<boolean> {
  try {
    const { page, reading } = await openPage(input, {});
    return reading.reader !== 'sharp' || isFax(page);
  } catch {
    return true;
  }
}

async function oddSharedFiles(): Promise<string[]> {
  const odd: string[] = [];
  for (const input of allSharedFiles()) if (await isOdd(input)) odd.push(input);
  return odd;
}

describe.each<[string, () => Promise<readonly string[]>]>([
  [
    'drawn TIFFs',
    async () => {
      const pages = [...(await soundPages()), ...(await faultyPages())];
      return Promise.all(pages.map(({ name, tiff }) => folder.write(`${name}.tif`, tiff)));
    },
  ],
  ['real and hostile TIFFs', oddSharedFiles],
])('%s', (_, files) => {
  let inputs: readonly string[];
  let fresh: ReadonlyMap<string, string>;
  beforeAll(async () => {
    inputs = await files();
    fresh = await outcomes(inputs, false);
  });

  it.each([1, 2, 3])(
    'become the same in any order, one after the other, as alone: %i',
    async (n) => {
      // Each twice: the second time after whatever the others have left.
      const order = [...shuffled(inputs, n), ...shuffled(inputs, -n)];
      expect(Object.fromEntries(await outcomes(order, true))).toEqual(Object.fromEntries(fresh));
    },
  );
});
