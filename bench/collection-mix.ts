/** Folders of TIFFs as an archive has them, for measurements. */
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SampledSpec } from './make-sampled-tiff.ts';
import { drawTiff } from './measure-work.ts';
import type { TiffSpec } from './tiff-spec.ts';

/** TIFFs of one kind, and how many of them there are. */
interface Share {
  readonly count: number;
  readonly spec: TiffSpec | SampledSpec;
}

const spec = (kind: TiffSpec['kind'], megapixels: number, rest: Partial<TiffSpec> = {}) => ({
  ...({ bits: 8, compression: 'lzw', layout: 'strips', orientation: 1 } as const),
  kind,
  megapixels,
  ...rest,
});

/**
 * 200 in all: pages first, then photographs, then the large ones; all that vips and ImageMagick
 * read, too.
 */
const archive: readonly Share[] = [
  { count: 40, spec: spec('grey', 1) },
  { count: 20, spec: spec('bilevel', 2, { bits: 1, compression: 'deflate' }) },
  { count: 20, spec: spec('grey', 2, { compression: 'none' }) },
  { count: 40, spec: spec('rgb', 2) },
  { count: 20, spec: spec('rgb', 4, { compression: 'deflate', layout: 'tiles' }) },
  { count: 20, spec: spec('rgb', 4, { orientation: 6 }) },
  { count: 10, spec: spec('rgb', 6, { compression: 'jpeg' }) },
  { count: 10, spec: spec('rgb', 6, { bits: 16, compression: 'none' }) },
  { count: 12, spec: spec('rgb', 8, { profile: 'p3' }) },
  { count: 8, spec: spec('rgb', 24) },
];

/** Ten kinds of a tenth of a megapixel, for what a file costs whatever its size; 600 in all. */
const small: readonly Share[] = [
  spec('grey', 0.1),
  spec('bilevel', 0.1, { bits: 1, compression: 'deflate' }),
  spec('rgb', 0.1),
  spec('rgb', 0.1, { compression: 'none' }),
  spec('rgb', 0.1, { compression: 'deflate', layout: 'tiles' }),
  spec('rgb', 0.1, { orientation: 6 }),
  spec('rgb', 0.1, { compression: 'jpeg' }),
  spec('rgb', 0.1, { bits: 16 }),
  spec('cmyk', 0.1),
  // Read by our own reader.
  {
    megapixels: 0.065,
    samples: 1,
    type: 'float32',
    compression: 'deflate',
    layout: 'strips',
  } as const,
].map((one) => ({ count: 60, spec: one }));

const mixes = { archive, small } as const;

/** The folders, by name. */
export type MixName = keyof typeof mixes;

/** All names. */
export const mixNames = Object.keys(mixes) as MixName[];

/** What was made. */
export interface Mix {
  /** Names of the files, in the order in which a shell lists them. */
  readonly names: readonly string[];
  readonly megapixels: number;
  readonly bytes: number;
}

/** Fills the folder, which is made. The kinds take turns, as they do in a folder. */
export async function makeMix(folder: string, mix: MixName): Promise<Mix> {
  const shares = mixes[mix];
  await mkdir(folder);
  const names: string[] = [];
  let bytes = 0;
  for (const [index, { count, spec: wanted }] of shares.entries()) {
    const drawn = join(folder, 'drawn');
    await drawTiff(drawn, wanted);
    bytes += (await stat(drawn)).size * count;
    for (let number = 0; number < count; number++) {
      // Each kind is spread over the whole by its share of it.
      const place = Math.round((number / count) * 1000);
      const name = `${String(place).padStart(4, '0')}-${index}.tif`;
      await copyFile(drawn, join(folder, name));
      names.push(name);
    }
    await rm(drawn);
  }
  const megapixels = shares.reduce((sum, share) => sum + share.count * share.spec.megapixels, 0);
  return { names: names.sort(), megapixels, bytes };
}
