import { open } from 'node:fs/promises';
import type { MetadataSetting } from '../../encoder-settings.ts';
import { boundedReader, type TiffSource } from '../../header/tiff-source.ts';
import { numbersOf, readTagsFrom, type TiffFormat, type TiffTags } from '../../header/tiff-tags.ts';
import type { Drop } from './drop.ts';
import type { ExifDirectories } from './exif.ts';
import { type DirectoryName, isKept, nameOfTag, POINTERS } from './exif-tags.ts';
import { type ExifValue, exifValueOf } from './exif-values.ts';

/** What a page says about itself besides its pixels. */
export interface TiffMetadata {
  readonly directories: ExifDirectories;
  /** The page's own directory, unchanged. */
  readonly tags: TiffTags;
  readonly xmp?: Uint8Array;
  readonly iptc?: Uint8Array;
  readonly photoshop?: Uint8Array;
}

const XMP = 700;
const IPTC = 33_723;
const PHOTOSHOP = 34_377;
const BLOCKS: Readonly<Record<number, string>> = {
  [XMP]: 'XMP',
  [IPTC]: 'IPTC',
  [PHOTOSHOP]: 'Photoshop resources',
};

/**
 * The most bytes read for EXIF directories: they fit into 64 kB, and more must not be held. A table
 * of 4096 entries takes 80 kB in BigTIFF.
 */
const EXIF = { atOnce: 96 * 1024, altogether: 1024 ** 2 } as const;

/**
 * The same for other blocks: XMP beyond 4 MB is the list of ancestors that Photoshop lets grow.
 * Parsing that much costs 60 MB, after decoder and encoder have released theirs.
 */
const BLOCK = { atOnce: 4 * 1024 ** 2, altogether: 13 * 1024 ** 2 } as const;

/** Position of a page's directory; `above` is its parent's, which describes the whole picture. */
interface DirectoryPlace extends TiffFormat {
  readonly offset: number;
  readonly above?: number | undefined;
}

/**
 * Reads what a mode needs of the directory at an offset and of those below it. Unreadable parts are
 * dropped. Undefined if there is no directory. Throws what opening or reading the file throws.
 */
export async function readMetadata(
  path: string,
  { offset, above, ...format }: DirectoryPlace,
  mode: Exclude<MetadataSetting, 'none'>,
  drop: Drop,
): Promise<TiffMetadata | undefined> {
  const file = await open(path);
  try {
    const source = { ...boundedReader(file, (await file.stat()).size), ...format };
    const bounded = limit(source, EXIF);
    const own = await readDirectory(bounded, { name: 'ifd0', offset, mode }, drop);
    if (!own) return undefined;
    const inherited =
      above === undefined
        ? undefined
        : await readDirectory(bounded, { name: 'ifd0', offset: above, mode }, drop);
    const tags = { ...own, tags: new Map([...(inherited?.tags ?? []), ...own.tags]) };
    const below = (name: keyof typeof POINTERS, from: TiffTags | undefined) =>
      readBelow(bounded, { name, from, mode }, drop);
    const exif = await below('exif', tags);
    if (exif?.tags.has(POINTERS.gps))
      drop(nameOfTag('ifd0', POINTERS.gps), 'hangs below EXIF, where nobody looks for it');
    const directories = {
      ifd0: valuesOf(tags, 'ifd0', mode, drop),
      exif: valuesOf(exif, 'exif', mode, drop),
      gps: valuesOf(await below('gps', tags), 'gps', mode, drop),
      interoperability: valuesOf(
        await below('interoperability', exif),
        'interoperability',
        mode,
        drop,
      ),
    };
    const blocks = (at: number) => readBlocks(limit(source, BLOCK), at, mode, drop);
    const ofParent = above === undefined ? {} : await blocks(above);
    return { directories, tags, ...ofParent, ...(await blocks(offset)) };
  } finally {
    await file.close();
  }
}

/** Which directory is read, and for what. */
interface WantedMetadata {
  readonly name: DirectoryName;
  readonly mode: Exclude<MetadataSetting, 'none'>;
}

async function readDirectory(
  source: TiffSource,
  { name, offset, mode }: WantedMetadata & { readonly offset: number },
  drop: Drop,
): Promise<TiffTags | undefined> {
  const pointers: readonly number[] = mode === 'all' ? Object.values(POINTERS) : [];
  const isWanted = (tag: number) => isKept(name, tag, mode) || pointers.includes(tag);
  return readTold(source, offset, isWanted, (tag) =>
    drop(nameOfTag(name, tag), 'cannot be read, or is too large for EXIF'),
  );
}

/** The directory that another one points to; undefined if there is none. */
async function readBelow(
  source: TiffSource,
  {
    name,
    from,
    mode,
  }: WantedMetadata & { name: keyof typeof POINTERS; from: TiffTags | undefined },
  drop: Drop,
): Promise<TiffTags | undefined> {
  const offset = from && numbersOf(from, POINTERS[name])?.[0];
  if (offset === undefined) return undefined;
  const tags =
    Number.isSafeInteger(offset) && offset > 0
      ? await readDirectory(source, { name, offset, mode }, drop)
      : undefined;
  if (!tags) drop(nameOfTag('ifd0', POINTERS[name]), 'cannot be read');
  return tags;
}

function valuesOf(
  directory: TiffTags | undefined,
  name: DirectoryName,
  mode: Exclude<MetadataSetting, 'none'>,
  drop: Drop,
): ExifValue[] {
  const kept = [...(directory?.tags.values() ?? [])].filter(({ tag }) => isKept(name, tag, mode));
  return kept.flatMap((tag) => {
    const value = exifValueOf(tag, directory?.littleEndian ?? true);
    if (!value) drop(nameOfTag(name, tag.tag), 'is of a type that EXIF does not have');
    return value ?? [];
  });
}

/**
 * XMP if the mode includes it, and IPTC; Photoshop's resources only if IPTC has no tag of its own.
 */
async function readBlocks(
  source: TiffSource,
  offset: number,
  mode: Exclude<MetadataSetting, 'none'>,
  drop: Drop,
): Promise<Pick<TiffMetadata, 'xmp' | 'iptc' | 'photoshop'>> {
  const read = async (wanted: number) => {
    const lost = () => drop(BLOCKS[wanted] ?? '', 'cannot be read, or is too large');
    const blocks = await readTold(source, offset, (tag) => tag === wanted, lost);
    return blocks?.tags.get(wanted)?.bytes;
  };
  const xmp = mode === 'all' ? await read(XMP) : undefined;
  const iptc = await read(IPTC);
  const photoshop = iptc ? undefined : await read(PHOTOSHOP);
  return { ...(xmp && { xmp }), ...(iptc && { iptc }), ...(photoshop && { photoshop }) };
}

/** `readTagsFrom`, reporting wanted tags that are present but unreadable. */
async function readTold(
  source: TiffSource,
  offset: number,
  isWanted: (tag: number) => boolean,
  lost: (tag: number) => void,
): Promise<TiffTags | undefined> {
  const seen = new Set<number>();
  const found = await readTagsFrom(source, offset, (tag) => {
    if (isWanted(tag)) seen.add(tag);
    return seen.has(tag);
  });
  if (found) for (const tag of seen) if (!found.tags.has(tag)) lost(tag);
  return found;
}

/** The same source, limited to a number of bytes. */
function limit(
  source: TiffSource,
  { atOnce, altogether }: { readonly atOnce: number; readonly altogether: number },
): TiffSource {
  let allowance: number = altogether;
  return {
    ...source,
    read: async (position, length) => {
      if (length > Math.min(atOnce, allowance)) return undefined;
      allowance -= length;
      return source.read(position, length);
    },
  };
}
