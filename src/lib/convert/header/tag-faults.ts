import type { EntryTable, Valueless } from './tiff-entries.ts';
import { tagName } from './tiff-names.ts';
import type { TiffSource } from './tiff-source.ts';
import { readIntegers } from './tiff-values.ts';

/** What the number of values of some tags depends on. */
interface Samples {
  readonly samplesPerPixel: number;
  /** Of the first sample. */
  readonly bits: number;
  readonly photometric: number | undefined;
}

type Table = Pick<EntryTable, 'entries' | 'valueless'>;

/**
 * What is wrong with single tags of a directory, each for people, without a full stop and a capital: values that TIFF
 * does not have, too few or too many of them, or none. It lists what libtiff 4.7 does not forgive, measured tag by
 * tag, and nothing that it does. Undefined where all is well. Throws what reading throws.
 */
export async function readTagFaults(
  source: TiffSource,
  table: Table,
  samples: Samples,
): Promise<string[] | undefined> {
  const found = [
    ...(await wrongValues(source, table)),
    ...wrongCounts(table, samples),
    ...table.valueless.flatMap(withoutValue),
  ];
  return found.length > 0 ? found : undefined;
}

/** The values that a tag may have (TIFF 6.0, sections 8 and 19). */
const ALLOWED: Readonly<Record<number, readonly [least: number, most: number]>> = {
  266: [1, 2],
  274: [1, 8],
  278: [1, 2 ** 32],
  284: [1, 2],
  296: [1, 3],
  339: [1, 6],
};
const SAMPLE_FORMAT = 339;
/** libtiff takes a number of more than 16 bits for another kind of fault, which it forgives of some tags. */
const MOST_SHORT = 0xffff;

async function wrongValues(source: TiffSource, { entries }: Table): Promise<string[]> {
  const found: string[] = [];
  for (const [tag, [least, most]] of Object.entries(ALLOWED)) {
    const entry = entries.get(Number(tag));
    // Where there may be one value, and are more, libtiff looks at none.
    if (entry?.count !== 1 && Number(tag) !== SAMPLE_FORMAT) continue;
    const [value = least] = (await readIntegers(source, entry, { most: 1 })) ?? [];
    if (value < least || (value > most && value <= MOST_SHORT))
      found.push(
        `its ${tagName(Number(tag))} is ${value}, and TIFF has ${most > MOST_SHORT ? `no value below ${least}` : `only ${least} to ${most}`}`,
      );
  }
  return found;
}

const TAG = { bitsPerSample: 258, fillOrder: 266, orientation: 274, colourMap: 320 } as const;
const PALETTE = 3;

function wrongCounts({ entries }: Table, { samplesPerPixel, bits, photometric }: Samples) {
  const found = [TAG.fillOrder, TAG.orientation].flatMap((tag) => {
    const count = entries.get(tag)?.count ?? 1;
    return count > 1 ? [`its ${tagName(tag)} has ${count} values, and may have only 1`] : [];
  });
  const depths = entries.get(TAG.bitsPerSample)?.count ?? 1;
  if (depths > 1 && depths !== samplesPerPixel)
    found.push(
      `its ${tagName(TAG.bitsPerSample)} has ${depths} values for ${samplesPerPixel} samples`,
    );
  const colours = entries.get(TAG.colourMap)?.count;
  const needed = 3 * 2 ** bits;
  if (colours && colours !== needed)
    found.push(`its ${tagName(TAG.colourMap)} has ${colours} values, and ${needed} are needed`);
  // Of 8 bits and more libtiff takes the places in the palette for levels of grey.
  if (colours === undefined && photometric === PALETTE && bits < 8)
    found.push(`it has a palette, and no ${tagName(TAG.colourMap)}`);
  return found;
}

/** Tags that a picture depends on: FillOrder to SMaxSampleValue, YCbCr and ReferenceBlackWhite. */
const OF_PICTURES: ReadonlySet<number> = new Set([
  ...[266, 274, 280, 281, 284, 301, 320, 332, 339, 340, 341, 529, 530, 531, 532],
]);
/** XMP, IPTC, Photoshop's resources and layers, ICC profile: of these types. */
const PACKETS: ReadonlySet<number> = new Set([700, 33_723, 34_377, 34_675, 37_724]);
const [BYTE, ASCII, UNDEFINED] = [1, 2, 7];

/** From here on private tags; the ranges of those that libtiff knows, and of which it forgives most. */
const FIRST_PRIVATE = 32_768;
const KNOWN_PRIVATE: readonly (readonly [first: number, last: number])[] = [
  ...([
    [32_995, 32_998],
    [33_300, 33_306],
    [33_421, 33_422],
    [33_432, 33_432],
  ] as const),
  ...([
    [33_723, 33_723],
    [34_377, 34_377],
    [34_665, 34_665],
    [34_675, 34_675],
  ] as const),
  ...([
    [34_732, 34_732],
    [34_853, 34_853],
    [34_908, 34_911],
    [37_439, 37_439],
  ] as const),
  ...([
    [37_724, 37_724],
    [40_965, 40_965],
    [50_674, 50_674],
    [50_706, 50_741],
  ] as const),
  ...([
    [50_778, 50_781],
    [50_827, 50_834],
  ] as const),
];

function withoutValue({ tag, type, count }: Valueless): string[] {
  if (count !== 0)
    return isUnknown(tag)
      ? [`its ${tagName(tag)} is of type ${type}, which TIFF does not have`]
      : [];
  const isPacket = PACKETS.has(tag) && (type === BYTE || type === UNDEFINED);
  const isFault = OF_PICTURES.has(tag) || isPacket || (isUnknown(tag) && type !== ASCII);
  return isFault ? [`there is no value in its ${tagName(tag)}`] : [];
}

function isUnknown(tag: number): boolean {
  if (tag < FIRST_PRIVATE) return false;
  return !KNOWN_PRIVATE.some(([first, last]) => tag >= first && tag <= last);
}
