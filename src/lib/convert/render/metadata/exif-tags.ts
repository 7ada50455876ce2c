import type { MetadataSetting } from '../../encoder-settings.ts';
import { RESOLUTION_UNIT, X_RESOLUTION, Y_RESOLUTION } from './resolution.ts';

/** The directories of EXIF (Exif 3.0, 4.5): TIFF's own, and those below it. */
export type DirectoryName = 'ifd0' | 'exif' | 'gps' | 'interoperability';

/** The tags that point to directories: `interoperability` in `exif`, the others in `ifd0`. */
export const POINTERS = { exif: 34_665, gps: 34_853, interoperability: 40_965 } as const;

export const ORIENTATION = 274;
export const YCBCR_POSITIONING = 531;
export const EXIF_VERSION = 36_864;
export const COMPONENTS_CONFIGURATION = 37_121;
export const FLASHPIX_VERSION = 40_960;
export const GPS_VERSION = 0;
export const COLOUR_SPACE = 40_961;
export const PIXEL_X_DIMENSION = 40_962;
export const PIXEL_Y_DIMENSION = 40_963;
/**
 * Positions in the picture, which are wrong after turning or reducing (SubjectArea,
 * SubjectLocation).
 */
export const PLACES: ReadonlySet<number> = new Set([37_396, 41_492]);
/** Pixels per unit: of TIFF itself, and on the sensor (FocalPlaneXResolution, …YResolution). */
export const RESOLUTIONS: ReadonlySet<number> = new Set([
  X_RESOLUTION,
  Y_RESOLUTION,
  41_486,
  41_487,
]);
/** Their units: of TIFF itself, and on the sensor (FocalPlaneResolutionUnit). */
export const UNITS: ReadonlySet<number> = new Set([RESOLUTION_UNIT, 41_488]);
export const MAKER_NOTE = 37_500;

/**
 * Tags of a page's own directory that describe it, besides its resolution; none that decoding
 * needs.
 */
const DESCRIPTIVE: Readonly<Record<number, string>> = {
  269: 'DocumentName',
  270: 'ImageDescription',
  271: 'Make',
  272: 'Model',
  285: 'PageName',
  297: 'PageNumber',
  305: 'Software',
  306: 'DateTime',
  315: 'Artist',
  316: 'HostComputer',
  18246: 'Rating',
  18249: 'RatingPercent',
  33432: 'Copyright',
  40091: 'XPTitle',
  40092: 'XPComment',
  40093: 'XPAuthor',
  40094: 'XPKeywords',
  40095: 'XPSubject',
};
const RESOLUTION: Readonly<Record<number, string>> = {
  [X_RESOLUTION]: 'XResolution',
  [Y_RESOLUTION]: 'YResolution',
  [RESOLUTION_UNIT]: 'ResolutionUnit',
};
const NAMES: Readonly<Record<number, string>> = {
  ...DESCRIPTIVE,
  ...RESOLUTION,
  [POINTERS.exif]: 'EXIF',
  [POINTERS.gps]: 'GPS',
  [POINTERS.interoperability]: 'interoperability',
  [MAKER_NOTE]: 'MakerNote',
  37510: 'UserComment',
};

const ARTIST = 315;
const COPYRIGHT = 33_432;

/** ComponentsConfiguration and CompressedBitsPerPixel describe the encoding of another file. */
const OF_THE_ENCODING: ReadonlySet<number> = new Set([COMPONENTS_CONFIGURATION, 37_122]);

/**
 * Ranges of EXIF's tags and Adobe's owner fields. A directory reached by a damaged pointer has
 * TIFF's own tags, which must not get into the JPEG.
 */
const EXIF_RANGES = [
  [33_434, 33_437],
  [34_850, 34_869],
  [36_864, 40_964],
  [41_483, 42_240],
  [65_000, 65_112],
] as const;
const MOST_GPS = 31;
const INTEROPERABILITY: ReadonlySet<number> = new Set([1, 2, 4096, 4097, 4098]);

/** Whether a tag of a directory is kept. Pointers are not copied but rebuilt. */
export function isKept(
  directory: DirectoryName,
  tag: number,
  mode: Exclude<MetadataSetting, 'none'>,
): boolean {
  const described = tag in RESOLUTION || tag === ARTIST || tag === COPYRIGHT;
  if (directory === 'ifd0') return described || (mode === 'all' && tag in DESCRIPTIVE);
  if (mode !== 'all') return false;
  if (directory === 'gps') return tag <= MOST_GPS;
  if (directory === 'interoperability') return INTEROPERABILITY.has(tag);
  // A copied GPS pointer, which is among EXIF's numbers, would lead nowhere.
  if (OF_THE_ENCODING.has(tag) || tag === POINTERS.gps) return false;
  return EXIF_RANGES.some(([first, last]) => tag >= first && tag <= last);
}

/** The name of a tag in a directory. */
export function nameOfTag(directory: DirectoryName, tag: number): string {
  const numbered = { ifd0: 'tag', exif: 'EXIF tag', gps: 'GPS tag', interoperability: 'EXIF tag' };
  const named = directory === 'ifd0' || directory === 'exif' ? NAMES[tag] : undefined;
  return named ?? `${numbered[directory]} ${tag}`;
}
