import type { Drop } from './drop.ts';
import { type ExifDirectories, exifSegment } from './exif.ts';
import {
  COLOUR_SPACE,
  ORIENTATION,
  PIXEL_X_DIMENSION,
  PIXEL_Y_DIMENSION,
  PLACES,
} from './exif-tags.ts';
import { type ExifValue, longs, shorts } from './exif-values.ts';
import { X_RESOLUTION, Y_RESOLUTION } from './resolution.ts';

/** The picture as it is in the JPEG. */
export interface JpegPicture {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** What the TIFF says, 1 to 8. */
  readonly orientation: number;
  /** The picture lies as it was scanned: whoever shows it has to turn it. */
  readonly tagged: boolean;
  /** Its rows were columns in the TIFF. */
  readonly swapped: boolean;
  /** Its colours were converted to sRGB. */
  readonly converted: boolean;
}

const NOTHING: ExifDirectories = { ifd0: [], exif: [], gps: [], interoperability: [] };
/** ColorSpace of EXIF: sRGB. */
const SRGB = 1;

/** EXIF that says nothing but how the picture is to be turned; nothing where it is upright. */
export function onlyOrientation(picture: JpegPicture, drop: Drop): Buffer[] {
  const segment = exifSegment(exifFor(picture, NOTHING, false), false, drop);
  return segment ? [segment] : [];
}

/** A TIFF's EXIF as it is true for the JPEG: size, colour space, resolution and orientation are the JPEG's. */
export function exifFor(
  picture: JpegPicture,
  directories: ExifDirectories,
  littleEndian: boolean,
): ExifDirectories {
  const { width, height, orientation, tagged, converted, swapped } = picture;
  const truth = new Map<number, ExifValue>([
    [PIXEL_X_DIMENSION, longs(littleEndian, PIXEL_X_DIMENSION, width)],
    [PIXEL_Y_DIMENSION, longs(littleEndian, PIXEL_Y_DIMENSION, height)],
  ]);
  if (converted) truth.set(COLOUR_SPACE, shorts(littleEndian, COLOUR_SPACE, SRGB));
  const turned = orientation !== 1 && !tagged;
  const ifd0 = swapped ? directories.ifd0.map(swapResolution) : directories.ifd0;
  return {
    ifd0: tagged ? [...ifd0, shorts(littleEndian, ORIENTATION, orientation)] : ifd0,
    exif: directories.exif
      .filter(({ tag }) => !(turned && PLACES.has(tag)))
      .map((value) => truth.get(value.tag) ?? value),
    gps: directories.gps,
    // It may name Adobe RGB as the colour space (DCF 2.0: "R03").
    interoperability: converted ? [] : directories.interoperability,
  };
}

function swapResolution(value: ExifValue): ExifValue {
  if (value.tag === X_RESOLUTION) return { ...value, tag: Y_RESOLUTION };
  return value.tag === Y_RESOLUTION ? { ...value, tag: X_RESOLUTION } : value;
}
