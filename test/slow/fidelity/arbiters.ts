import type { Peer } from '../../support/peers.ts';
import type { Picture } from '../../support/pixels.ts';
import type { SharedTiff } from '../../support/shared-tiffs.ts';
import {
  allBlack,
  doublesOverTheirRange,
  inSpiteOfWarnings,
  secondDirectory,
} from './computed-pictures.ts';

/** Who is right about a TIFF where no two peers agree, or where those that agree are wrong. */
export type Arbiter = {
  readonly reason: string;
} & (
  | { readonly right: readonly (Peer | 'snippet')[] }
  /** Nobody: the picture is computed from the file's samples. */
  | { readonly picture: (tiff: SharedTiff) => Promise<Picture> }
  /** Whoever refuses it, although the manifest expects a picture. */
  | { readonly refused: true }
  /** Ours alone: it was looked at. */
  | { readonly lookedAt: true }
);

/** By the file's name. */
export const arbiters: Readonly<Record<string, Arbiter>> = {
  'libtiff.net__cmyk8-lzw.tif': {
    right: ['snippet'],
    reason:
      'Inks without a profile: ImageMagick and libtiff subtract them from white, vips takes a press profile, the snippet one of its own, and the snippet’s pixels are law',
  },
  'TiffLibrary__flower-ycbcr-contig-08_h2v1.tiff': {
    right: ['tiff2rgba'],
    reason: 'vips cannot read it; ImageMagick takes subsampled samples for whole ones',
  },
  'rasterio__RGBA.uint16.tif': {
    right: ['ImageMagick'],
    reason:
      'BlackIsZero has one colour, here with three extra samples, the last of them alpha (TIFF 6.0, section 18); vips and libtiff take it for RGB with alpha',
  },
  'image-tiff__predictor-3-gray-f32.tif': {
    right: ['ImageMagick'],
    reason: 'Floats from 0 to 1; vips shows them as levels of 255, which is black',
  },
  'image-tiff__flower-rgb-planar-32.tif': {
    right: ['ImageMagick'],
    reason: 'vips cuts all 32-bit integers off at 255',
  },
  'TwelveMonkeys__lab-a-8.tiff': {
    right: ['ImageMagick'],
    reason: 'vips shows nothing of Lab with alpha',
  },
  'image-tiff__minisblack-2c-8b-alpha.tiff': {
    right: ['tiff2rgba'],
    reason:
      'Samples looked at: grey around 130 where alpha is 255, 0 where alpha is 0; vips mixes the planes up, ImageMagick brightens the colour and drops the alpha',
  },
  'libtiff-sdl__test_float64_predictor2_be_lzw.tif': {
    picture: doublesOverTheirRange,
    reason:
      'Floats from 74 to 255, scaled over their range; ImageMagick takes all above 1 for white, the others cannot read it',
  },
  'rasterio__all-nodata.tif': {
    picture: allBlack,
    reason:
      'All samples are 0, and extra samples of type 0 are no alpha; ImageMagick and libtiff take one for alpha and show white',
  },
  'libtiff-sdl__ojpeg_chewey_subsamp21_multi_strip.tiff': {
    right: ['tiff2rgba'],
    reason: 'ImageMagick shows YCbCr as RGB: green and violet',
  },
  'libtiff.net__127.tif': {
    refused: true,
    reason:
      '4 KB of zeros stand in the middle of its only strip, of Group 4: what follows cannot be decoded, and readers leave three fifths of the page white, or fill them with noise',
  },
  'image-tiff__off_l16.tif': {
    right: ['tiff2rgba'],
    reason:
      'LogL is libtiff’s own format, and it converts it to levels; ImageMagick and vips show the logarithm itself',
  },
  'TwelveMonkeys__imageio__imageio-tiff__src__test__resources__tiff__guessPhotometric__group4.tif':
    {
      right: ['tiff2rgba'],
      reason:
        'PhotometricInterpretation is missing; libtiff takes faxes for WhiteIsZero then, as their standards have it, and the others refuse it',
    },
  'Tiff-Library-4J__tiffep-sample-EP-jpeg-thumb.tif': {
    picture: secondDirectory,
    reason:
      'TIFF/EP: directory 0 is the thumbnail, the next one the picture; the others show the thumbnail',
  },
  'cmyk-5-samples-no-extrasamples.tif': {
    picture: inSpiteOfWarnings,
    reason:
      'The fifth sample is no ink: with ExtraSamples 0 the snippet leaves it out; the others take it for transparency, or subtract the inks from white',
  },
  'TwelveMonkeys__foto_0001.tif': {
    right: ['tiff2rgba'],
    reason:
      'Brown bricks: its old-style JPEG is JFIF, so YCbCr, and the tag that says RGB is wrong',
  },
  'libtiff.net__G3_Premature_EOL.tif': {
    lookedAt: true,
    reason:
      'A leaflet, whole to its last line; its Group 3 data have no end-of-line codes, and libtiff, in all others, finds no row and gives a white page',
  },
};

/**
 * Whether there is a picture to be made of a TIFF: by the manifest, unless the arbiter says
 * otherwise.
 */
export function hasPicture(tiff: SharedTiff): boolean {
  const arbiter = arbiters[tiff.file];
  return arbiter ? !('refused' in arbiter) : tiff.expected === 'ok';
}
