import type { EntryTable, Valueless } from './tiff-entries.ts';
import { tagName } from './tiff-names.ts';
import type { TiffSource } from './tiff-source.ts';
import { readNumber } from './tiff-tags.ts';
import { readIntegers } from './tiff-values.ts';

/** What the expected number of values of some tags depends on. */
interface SampleFacts {
  readonly samplesPerPixel: number;
  /** Bits of the first sample. */
  readonly bits: number;
  readonly photometric: number | undefined;
}

type Table = Pick<EntryTable, 'entries' | 'valueless'>;

/** What is wrong with one tag of a directory. */
export interface TagFault {
  /** For people, without a full stop and without a capital. */
  readonly message: string;
  /**
   * What the fault means for the picture. `warned`: libtiff warns and reads on, like every other
   * reader. `left out`: no pixel depends on the tag, so the picture is read without it; libtiff
   * would refuse. `mended`: the picture reveals the correct value. `read`: some readers accept it.
   * `harmless`: all do, with or without a warning. `fatal`: the picture cannot be determined.
   */
  readonly kind: 'warned' | 'left out' | 'mended' | 'read' | 'harmless' | 'fatal';
}

/**
 * Faults of single tags of a directory: undefined values, too few or too many of them, or none.
 * Lists everything that libtiff 4.7 does not accept silently, measured tag by tag. Undefined if
 * there are none. Throws what reading throws.
 */
export async function readTagFaults(
  source: TiffSource,
  table: Table,
  samples: SampleFacts,
): Promise<TagFault[] | undefined> {
  const found = [
    ...(await wrongValues(source, table)),
    ...(await wrongResolution(source, table)),
    ...(await wrongTileSides(source, table)),
    ...wrongCounts(table, samples),
    ...table.valueless.flatMap(withoutValue),
  ];
  return found.length > 0 ? found : undefined;
}

const TAG = {
  bitsPerSample: 258,
  stripOffsets: 273,
  fillOrder: 266,
  orientation: 274,
  photometric: 262,
  xResolution: 282,
  yResolution: 283,
  resolutionUnit: 296,
  colourMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  iccProfile: 34_675,
} as const;

/** The allowed values of a tag (TIFF 6.0, sections 8 and 19). */
const ALLOWED: Readonly<Record<number, readonly [least: number, most: number]>> = {
  266: [1, 2],
  274: [1, 8],
  278: [1, 2 ** 32],
  284: [1, 2],
  296: [1, 3],
  339: [1, 6],
  32996: [0, 3],
};
const SAMPLE_FORMAT = 339;
/** libtiff treats larger numbers as another fault, which it forgives for some tags. */
const MOST_SHORT = 0xffff;

/** Whether an undefined value of a tag leaves the picture unchanged. */
function isIdle(tag: number, value: number): boolean {
  if (tag === TAG.fillOrder) return value === 0;
  return tag === TAG.orientation || tag === TAG.resolutionUnit;
}

async function wrongValues(source: TiffSource, { entries }: Table): Promise<TagFault[]> {
  const found: TagFault[] = [];
  for (const [tag, [least, most]] of Object.entries(ALLOWED)) {
    const entry = entries.get(Number(tag));
    // If there are several values where one is allowed, libtiff ignores all of them.
    if (entry?.count !== 1 && Number(tag) !== SAMPLE_FORMAT) continue;
    const [value = least] = (await readIntegers(source, entry, { most: 1 })) ?? [];
    if (value < least || (value > most && value <= MOST_SHORT))
      found.push({
        message: `its ${tagName(Number(tag))} is ${value}, and TIFF has ${most > MOST_SHORT ? `no value below ${least}` : `only ${least} to ${most}`}`,
        kind: isIdle(Number(tag), value) ? 'left out' : 'fatal',
      });
  }
  return found;
}

const [FLOAT, DOUBLE] = [11, 12];

/** Resolutions that libtiff refuses: below 0, or NaN. */
async function wrongResolution(source: TiffSource, { entries }: Table): Promise<TagFault[]> {
  const found: TagFault[] = [];
  for (const tag of [TAG.xResolution, TAG.yResolution]) {
    const entry = entries.get(tag);
    const value = entry?.count === 1 ? await readNumber(source, entry) : undefined;
    const isFloat = entry?.type === FLOAT || entry?.type === DOUBLE;
    if (value === undefined || !(value < 0 || (isFloat && Number.isNaN(value)))) continue;
    const message = `its ${tagName(tag)} is ${Number.isNaN(value) ? 'no number' : value}`;
    found.push({ message, kind: 'left out' });
  }
  return found;
}

/** A side of tiles that is 0, or of which only the other is known though all data are in tiles. */
async function wrongTileSides(source: TiffSource, { entries }: Table): Promise<TagFault[]> {
  const inTiles = entries.has(TAG.tileOffsets) && !entries.has(TAG.stripOffsets);
  const sides = [TAG.tileWidth, TAG.tileLength].map((tag) => ({ tag, entry: entries.get(tag) }));
  const isOneMissing = sides.filter(({ entry }) => entry).length === 1;
  const found = sides.map(async ({ tag, entry }): Promise<TagFault[]> => {
    const kind = 'fatal';
    if (!entry)
      return inTiles && isOneMissing
        ? [{ message: `it has tiles and no ${tagName(tag)}`, kind }]
        : [];
    const [side] = (await readIntegers(source, entry, { most: 1 })) ?? [];
    return side === 0 ? [{ message: `its ${tagName(tag)} is 0`, kind }] : [];
  });
  return (await Promise.all(found)).flat();
}

const PALETTE = 3;

function wrongCounts(
  { entries }: Table,
  { samplesPerPixel, bits, photometric }: SampleFacts,
): TagFault[] {
  const fatal = (message: string): TagFault => ({ message, kind: 'fatal' });
  const found = [TAG.photometric, TAG.fillOrder, TAG.orientation].flatMap((tag) => {
    const count = entries.get(tag)?.count ?? 1;
    return count > 1 ? [fatal(`its ${tagName(tag)} has ${count} values, and may have only 1`)] : [];
  });
  for (const tag of [TAG.bitsPerSample, SAMPLE_FORMAT]) {
    const count = entries.get(tag)?.count ?? 1;
    if (count <= 1 || count === samplesPerPixel) continue;
    found.push({
      message: `its ${tagName(tag)} has ${count} values for ${samplesPerPixel} ${samplesPerPixel === 1 ? 'sample' : 'samples'}`,
      kind: count > samplesPerPixel ? 'warned' : 'fatal',
    });
  }
  const colours = entries.get(TAG.colourMap)?.count;
  const needed = 3 * 2 ** bits;
  if (colours && colours !== needed)
    found.push(
      fatal(`its ${tagName(TAG.colourMap)} has ${colours} values, and ${needed} are needed`),
    );
  // From 8 bits on, libtiff treats palette indices as grey levels.
  if (colours === undefined && photometric === PALETTE && bits < 8)
    found.push(fatal(`it has a palette, and no ${tagName(TAG.colourMap)}`));
  return found;
}

/**
 * Tags that the picture depends on: FillOrder to SMaxSampleValue, YCbCr and ReferenceBlackWhite.
 */
const OF_PICTURES: ReadonlySet<number> = new Set([
  ...[266, 274, 280, 281, 284, 301, 320, 332, 339, 340, 341, 529, 530, 531, 532],
]);
/**
 * Those whose absence does not change the picture: FillOrder, Orientation, Min- and MaxSampleValue,
 * TransferFunction, YCbCrPositioning.
 */
const WITHOUT_THEM: ReadonlySet<number> = new Set([266, 274, 280, 281, 301, 340, 341, 531]);
/** Allowed types of XMP, IPTC, Photoshop's resources and layers, and ICC profiles. */
const PACKETS: ReadonlySet<number> = new Set([700, 33_723, 34_377, 34_675, 37_724]);
const [BYTE, ASCII, UNDEFINED] = [1, 2, 7];

/**
 * Private tags start here; then the ranges that libtiff knows, most of whose faults it forgives.
 */
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

function withoutValue({ tag, type, count }: Valueless): TagFault[] {
  if (count !== 0) {
    if (!isUnknown(tag)) return [];
    const message = `its ${tagName(tag)} is of type ${type}, which TIFF does not have`;
    return [{ message, kind: 'left out' }];
  }
  const isPacket = PACKETS.has(tag) && (type === BYTE || type === UNDEFINED);
  const isFault = OF_PICTURES.has(tag) || isPacket || (isUnknown(tag) && type !== ASCII);
  if (!isFault) return [];
  return [
    { message: `there is no value in its ${tagName(tag)}`, kind: kindWithoutValue(tag, type) },
  ];
}

function kindWithoutValue(tag: number, type: number): TagFault['kind'] {
  if (OF_PICTURES.has(tag)) return WITHOUT_THEM.has(tag) ? 'left out' : 'fatal';
  // A profile without bytes counts as missing; for other types libtiff does more than warn.
  const isWarned = tag !== TAG.iccProfile && (type === BYTE || type === UNDEFINED);
  return isWarned ? 'warned' : 'left out';
}

function isUnknown(tag: number): boolean {
  if (tag < FIRST_PRIVATE) return false;
  return !KNOWN_PRIVATE.some(([first, last]) => tag >= first && tag <= last);
}
