import { INCH } from '../../header/resolution.ts';
import { numbersOf } from '../../header/tiff-tags.ts';
import type { Reduction } from '../../max-size.ts';
import type { Drop } from './drop.ts';
import { type ExifDirectories, exifSegment } from './exif.ts';
import {
  COLOUR_SPACE,
  COMPONENTS_CONFIGURATION,
  type DirectoryName,
  EXIF_VERSION,
  FLASHPIX_VERSION,
  GPS_VERSION,
  ORIENTATION,
  PIXEL_X_DIMENSION,
  PIXEL_Y_DIMENSION,
  PLACES,
  RESOLUTIONS,
  UNITS,
  YCBCR_POSITIONING,
} from './exif-tags.ts';
import { bytes, type ExifValue, longs, rational, shorts, undefinedBytes } from './exif-values.ts';
import { NO_UNIT, RESOLUTION_UNIT, X_RESOLUTION, Y_RESOLUTION } from './resolution.ts';

/** The picture in the JPEG. */
export interface JpegPicture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** 1 for greyscale, else 3. */
  readonly channels: number;
  /** The TIFF's orientation, 1 to 8. */
  readonly orientation: number;
  /** The picture is stored as scanned; viewers must turn it. */
  readonly tagged: boolean;
  /** Its rows were columns in the TIFF. */
  readonly swapped: boolean;
  /** Its colours were converted to sRGB. */
  readonly converted: boolean;
  /** How it is smaller than the TIFF; undefined if it is not. */
  readonly reduction?: Reduction | undefined;
}

const NOTHING: ExifDirectories = { ifd0: [], exif: [], gps: [], interoperability: [] };
/** ColorSpace of EXIF: sRGB or uncalibrated. */
const [SRGB, UNCALIBRATED] = [1, 0xffff];
/** YCbCrPositioning in JFIF (ITU-T T.871): chroma samples are centred on their pixels. */
const CENTRED = 1;
/**
 * The oldest version of EXIF with all tags that are kept; the only one of FlashPix; the one of GPS.
 */
const VERSIONS = { exif: '0232', flashpix: '0100', gps: [2, 3, 0, 0] } as const;
/** ComponentsConfiguration of EXIF: Y alone, or Y, Cb and Cr. */
const COMPONENTS = { grey: [1, 0, 0, 0], colour: [1, 2, 3, 0] } as const;

/** EXIF with the orientation only; nothing if the picture is upright. */
export function onlyOrientation(picture: JpegPicture, drop: Drop): Buffer[] {
  const segment = exifSegment(exifFor(picture, NOTHING, false), false, drop);
  return segment ? [segment] : [];
}

/**
 * A TIFF's EXIF adapted to the JPEG: size, colour space, resolution and orientation are the JPEG's.
 */
export function exifFor(
  picture: JpegPicture,
  directories: ExifDirectories,
  littleEndian: boolean,
): ExifDirectories {
  const { width, height, orientation, tagged, converted, swapped, reduction } = picture;
  const truth = new Map<number, ExifValue>([
    [PIXEL_X_DIMENSION, longs(littleEndian, PIXEL_X_DIMENSION, width)],
    [PIXEL_Y_DIMENSION, longs(littleEndian, PIXEL_Y_DIMENSION, height)],
  ]);
  if (converted) truth.set(COLOUR_SPACE, shorts(littleEndian, COLOUR_SPACE, SRGB));
  const moved = (orientation !== 1 && !tagged) || reduction !== undefined;
  const scaled = (values: readonly ExifValue[]) =>
    scaleResolutions(values, reduction, littleEndian);
  const resolved = scaled(directories.ifd0);
  const ifd0 = swapped ? resolved.map(swapResolution) : resolved;
  return {
    ifd0: tagged ? [...ifd0, shorts(littleEndian, ORIENTATION, orientation)] : ifd0,
    exif: scaled(directories.exif)
      .filter(({ tag }) => !(moved && PLACES.has(tag)))
      .map((value) => truth.get(value.tag) ?? value),
    gps: directories.gps,
    // It may name Adobe RGB as the colour space (DCF 2.0: "R03").
    interoperability: converted ? [] : directories.interoperability,
  };
}

/** Pixels per inch by which EXIF says that a resolution is unknown (Exif 3.0, XResolution). */
const UNKNOWN_DPI = 72;

/**
 * The same plus what EXIF requires in a JPEG (Exif 2.32, "Tag Support Levels": mandatory) in each
 * existing directory. The TIFF's own values stay.
 */
export function withMandatory(
  directories: ExifDirectories,
  { width, height, channels, converted }: JpegPicture,
  littleEndian: boolean,
): ExifDirectories {
  if (Object.values(directories).every((values) => values.length === 0)) return directories;
  const { exif, interoperability } = directories;
  const short = (tag: number, value: number) => shorts(littleEndian, tag, value);
  const long = (tag: number, value: number) => longs(littleEndian, tag, value);
  const mandatory: Readonly<Record<DirectoryName, readonly ExifValue[]>> = {
    ifd0: [short(YCBCR_POSITIONING, CENTRED), short(RESOLUTION_UNIT, INCH)],
    exif: [
      undefinedBytes(EXIF_VERSION, Buffer.from(VERSIONS.exif)),
      undefinedBytes(COMPONENTS_CONFIGURATION, COMPONENTS[channels === 1 ? 'grey' : 'colour']),
      undefinedBytes(FLASHPIX_VERSION, Buffer.from(VERSIONS.flashpix)),
      short(COLOUR_SPACE, converted ? SRGB : UNCALIBRATED),
      long(PIXEL_X_DIMENSION, width),
      long(PIXEL_Y_DIMENSION, height),
    ],
    gps: [bytes(GPS_VERSION, VERSIONS.gps)],
    interoperability: [],
  };
  const isThere = {
    ifd0: true,
    exif: exif.length > 0 || interoperability.length > 0,
    gps: directories.gps.length > 0,
    interoperability: false,
  };
  const complete = (name: DirectoryName) => {
    const has = new Set(directories[name].map(({ tag }) => tag));
    const lacking = mandatory[name].filter(({ tag }) => !has.has(tag));
    return isThere[name] ? [...directories[name], ...lacking] : directories[name];
  };
  return {
    ifd0: withResolution(complete('ifd0'), littleEndian),
    exif: complete('exif'),
    gps: complete('gps'),
    interoperability,
  };
}

/**
 * With both resolutions: a missing one is like the other (Exif 3.0, YResolution), and if both are
 * missing, they are marked as unknown. A unit of neither says nothing.
 */
function withResolution(values: readonly ExifValue[], littleEndian: boolean): ExifValue[] {
  const [x, y] = [X_RESOLUTION, Y_RESOLUTION].map((wanted) =>
    values.find(({ tag }) => tag === wanted),
  );
  if (x && y) return [...values];
  const one = x ?? y;
  if (one) return [...values, { ...one, tag: x ? Y_RESOLUTION : X_RESOLUTION }];
  return [
    ...values.filter(({ tag }) => tag !== RESOLUTION_UNIT),
    rational(littleEndian, X_RESOLUTION, UNKNOWN_DPI),
    rational(littleEndian, Y_RESOLUTION, UNKNOWN_DPI),
    shorts(littleEndian, RESOLUTION_UNIT, INCH),
  ];
}

/**
 * A directory with its pixels per unit of length, on the original or on the sensor, if there are
 * fewer pixels now. Without a unit they are an aspect ratio, which stays.
 */
function scaleResolutions(
  values: readonly ExifValue[],
  reduction: Reduction | undefined,
  littleEndian: boolean,
): readonly ExifValue[] {
  const numberOf = (value: ExifValue) =>
    numbersOf({ littleEndian, tags: new Map([[value.tag, value]]) }, value.tag)?.[0];
  const isRatio = values.some((value) => UNITS.has(value.tag) && numberOf(value) === NO_UNIT);
  if (!reduction || isRatio) return values;
  return values.map((value) => {
    const number = RESOLUTIONS.has(value.tag) ? numberOf(value) : undefined;
    return number === undefined || !Number.isFinite(number)
      ? value
      : rational(littleEndian, value.tag, (number * reduction.to) / reduction.from);
  });
}

function swapResolution(value: ExifValue): ExifValue {
  if (value.tag === X_RESOLUTION) return { ...value, tag: Y_RESOLUTION };
  return value.tag === Y_RESOLUTION ? { ...value, tag: X_RESOLUTION } : value;
}
