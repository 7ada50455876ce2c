import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { noisyTiff, plainTiff } from './pictures.ts';
import { makeTiff } from './tiff-writer.ts';

/** A folder of TIFFs as people have them, and what is to become of it. */
export interface CollectionTree {
  readonly root: string;
  /**
   * All TIFFs by their paths below the root, with the JPEGs that they become (by theirs, in another
   * folder).
   */
  readonly good: ReadonlyMap<string, string>;
  /** What is called a TIFF and cannot be converted. */
  readonly broken: readonly string[];
}

/** Names that programs stumble over. */
const ODD_NAMES = [
  ...[
    'with space',
    ' leading',
    '-dash',
    '[brackets]',
    '{braces}',
    'star*',
    'what?',
    "it's",
    '"quoted"',
  ],
  ...[
    'per%20cent',
    'semi;colon',
    '$HOME',
    'back\\slash',
    'line\nbreak',
    'tab\tulator',
    '#hash',
    '.hidden',
  ],
  ...[
    'Übersicht',
    'Stra\u0308ße',
    '地図',
    'карта',
    '🗺️ map',
    'e\u0301te\u0301',
    'a.b.c',
    'page-2',
    'scan.jpg',
  ],
];

/**
 * Makes the tree: small TIFFs, 300 unless told (those with odd names are 27), and a dozen others,
 * in folders of folders.
 */
export async function makeCollectionTree(root: string, tiffCount = 300): Promise<CollectionTree> {
  const good = new Map<string, string>();
  const write = async (name: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  };
  const tiffs = await makeTiffs();
  const add = async (name: string, jpeg: string) => {
    await write(name, tiffs[good.size % tiffs.length] as Buffer);
    good.set(name, jpeg);
  };
  for (const name of ODD_NAMES) await add(`odd/${name}.tif`, `odd/${name}.jpg`);
  // Two with one name: the first keeps it.
  await add('clash/map.tif', 'clash/map.jpg');
  await add('clash/map.tiff', 'clash/map.tiff.jpg');
  await add('content/no ending', 'content/no ending.jpg');
  await add('content/CAPITALS.TIFF', 'content/CAPITALS.jpg');
  await add(`${'deep/'.repeat(20)}down.tif`, `${'deep/'.repeat(20)}down.jpg`);
  for (let number = good.size; number < tiffCount - 1; number++) {
    const name = `boxes/box ${number % 7}/${String(number).padStart(4, '0')}`;
    await add(`${name}.tif`, `${name}.jpg`);
  }
  await symlink('boxes/box 0', join(root, 'folder link'));
  await symlink('.', join(root, 'loop'));
  await mkdir(join(root, 'links'));
  await symlink('../clash/../outside.bin', join(root, 'links/file link.tif'));
  await writeFile(join(root, 'outside.bin'), 'no TIFF, and not called one');
  await symlink('nowhere.tif', join(root, 'links/dangling.tif'));
  const broken = new Map<string, string | Uint8Array>([
    ['broken/empty.tif', ''],
    ['broken/text.tif', 'neither fish nor fowl'],
    ['broken/cut.tif', cutInHalf(await noisyTiff(100))],
    ['broken/headless.tif', 'II*\0 and then nothing that makes sense'],
    ['broken/huge.tif', hugeTiff()],
  ]);
  for (const [name, content] of broken) await write(name, content);
  await write('notes.txt', 'Box 3 is missing.');
  await mkdir(join(root, 'empty folder'));
  await mkdir(join(root, 'folder.tif'));
  return { root, good, broken: [...broken.keys(), 'links/dangling.tif', 'links/file link.tif'] };
}

/** Of several kinds, so that not all JPEGs are one. */
async function makeTiffs(): Promise<readonly Buffer[]> {
  const grey = { width: 16, height: 8, samplesPerPixel: 1, photometric: 1 };
  return [
    await plainTiff('teal'),
    await plainTiff('maroon'),
    makeTiff({ ...grey, data: Buffer.alloc(128, 99) }),
    await noisyTiff(40),
  ];
}

function cutInHalf(tiff: Buffer): Buffer {
  return tiff.subarray(0, tiff.length / 2);
}

/** One that says it is wider than a JPEG can be. */
function hugeTiff(): Buffer {
  const page = { width: 70_000, height: 1, samplesPerPixel: 1, photometric: 1 };
  return makeTiff({ ...page, data: Buffer.alloc(70_000) });
}

/** All files below a folder, by their paths, with their contents' hashes. */
export async function contentsOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  const hashes = new Map<string, string>();
  for (const name of files) {
    const hash = createHash('sha256').update(await readFile(join(folder, name)));
    hashes.set(name, hash.digest('hex'));
  }
  return hashes;
}

/** The same without what is kept in each folder of what was made, which tells times, too. */
export async function picturesIn(folder: string): Promise<Map<string, string>> {
  const contents = await contentsOf(folder);
  return new Map([...contents].filter(([name]) => !/(^|\/)\.arke-tiff\.jsonl$/.test(name)));
}
