import type { TiffPage } from '../../header/tiff-header.ts';
import { numbersOf, type TiffTags } from '../../header/tiff-tags.ts';
import type { PlainColours } from '../../plan/plain-picture.ts';
import { labToRgb } from './lab.ts';
import type { Extremes, SampleRange } from './range.ts';

/** How a pixel's colour samples become those of a plain TIFF. */
export interface ColourMaking {
  readonly colours: PlainColours;
  /** How many samples of a pixel are colours. */
  readonly from: number;
  /**
   * Makes the colours of the pixel at `at`: 0 to 1 each; Lab as its 16-bit encoding over 65 535.
   */
  make(row: Float64Array, at: number, into: Float64Array): void;
}

const TAG = { colourMap: 320, coefficients: 529, referenceBlackWhite: 532 } as const;
/** The tags that colours are made from. */
export const COLOUR_TAGS: readonly number[] = Object.values(TAG);

/** What a page's colours are made from. */
export interface ColourSource {
  readonly page: TiffPage;
  readonly tags: TiffTags;
  readonly range: SampleRange;
  /** Values that mean no data, if the range is computed from the samples. */
  readonly holes: Extremes | undefined;
  /** There is an alpha, which libvips does not support with Lab. */
  readonly hasAlpha: boolean;
}

/** How a page's colours are made, by its PhotometricInterpretation (TIFF 6.0). */
export function colourMaking(source: ColourSource): ColourMaking {
  const { photometric = 1 } = source.page;
  const special = SPECIAL[photometric];
  if (special) return special(source);
  const unit = unitOf(source);
  const [colours, from] = photometric === 5 ? (['cmyk', 4] as const) : (['rgb', 3] as const);
  return {
    colours,
    from,
    make: (row, at, into) => {
      for (let c = 0; c < from; c++) into[c] = unit(row[at + c] as number);
    },
  };
}

const SPECIAL: Readonly<Record<number, (source: ColourSource) => ColourMaking>> = {
  0: grey,
  1: grey,
  3: palette,
  6: ycbcr,
  8: lab,
  9: lab,
  32844: logL,
};

/**
 * A sample's position between black and white, 0 to 1; no-data values and NaN are black (no ink).
 */
function unitOf({ range, holes, page }: ColourSource): (value: number) => number {
  const { least = Number.NaN, most = Number.NaN } = holes ?? {};
  const [black, white] = page.photometric === 0 ? [range.high, range.low] : [range.low, range.high];
  // By halves, because the range of 64-bit numbers is too wide.
  const half = black / 2;
  const factor = 1 / (white / 2 - half);
  return (value) => {
    if (value >= least && value <= most) return 0;
    const unit = (value / 2 - half) * factor;
    return unit > 0 ? Math.min(1, unit) : 0;
  };
}

function grey(source: ColourSource): ColourMaking {
  const unit = unitOf(source);
  return {
    colours: 'grey',
    from: 1,
    make: (row, at, into) => {
      into[0] = unit(row[at] as number);
    },
  };
}

function palette({ page, tags }: ColourSource): ColourMaking {
  const size = 2 ** (page.bitsPerSample[0] ?? 1);
  const map = numbersOf(tags, TAG.colourMap) ?? [];
  if (map.length < size * 3) throw new Error('Its ColorMap is missing or too short');
  // Writers from before TIFF 5.0 used 8-bit colours; libtiff and libvips detect them the same way.
  const most = map.every((value) => value < 256) ? 255 : 65_535;
  return {
    colours: 'rgb',
    from: 1,
    make: (row, at, into) => {
      const index = row[at] as number;
      for (let c = 0; c < 3; c++) into[c] = (map[c * size + index] ?? 0) / most;
    },
  };
}

/** TIFF 6.0, section 21; the defaults are those of ITU-R BT.601. */
function ycbcr({ tags, range }: ColourSource): ColourMaking {
  const most = range.high;
  const middle = (most + 1) / 2;
  const [red = 0.299, green = 0.587, blue = 0.114] = usable(numbersOf(tags, TAG.coefficients), 3);
  const [y0 = 0, y1 = most, cb0 = middle, cb1 = most, cr0 = middle, cr1 = most] = usable(
    numbersOf(tags, TAG.referenceBlackWhite),
    6,
  );
  const chroma = middle - 1;
  const clamp = (value: number) => Math.min(1, Math.max(0, value / most));
  return {
    colours: 'rgb',
    from: 3,
    make: (row, at, into) => {
      const y = (((row[at] as number) - y0) * most) / (y1 - y0);
      const cb = (((row[at + 1] as number) - cb0) * chroma) / (cb1 - cb0);
      const cr = (((row[at + 2] as number) - cr0) * chroma) / (cr1 - cr0);
      const r = cr * (2 - 2 * red) + y;
      const b = cb * (2 - 2 * blue) + y;
      into[0] = clamp(r);
      into[1] = clamp((y - blue * b - red * r) / green);
      into[2] = clamp(b);
    },
  };
}

/** Values that can be divided by; a damaged tag counts as missing. */
function usable(values: readonly number[] | undefined, count: number): readonly number[] {
  if (values?.length !== count || !values.every(Number.isFinite)) return [];
  const divisors =
    count === 3
      ? values.slice(1, 2)
      : [0, 2, 4].map((i) => (values[i + 1] ?? 0) - (values[i] ?? 0));
  return divisors.includes(0) ? [] : values;
}

/**
 * CIE L*a*b* (TIFF 6.0, section 23) and ICC's encoding of it (TIFF supplement 2, section "ICCLab").
 */
function lab({ page, hasAlpha }: ColourSource): ColourMaking {
  const bits = page.bitsPerSample[0] ?? 8;
  const icc = page.photometric === 9;
  const decode = bits === 8 ? (icc ? LAB8_ICC : LAB8) : icc ? LAB16_ICC : LAB16;
  const colour = new Float64Array(3);
  return {
    colours: hasAlpha ? 'rgb' : 'lab',
    from: 3,
    make: (row, at, into) => {
      decode(row, at, colour);
      if (hasAlpha) return labToRgb(colour, into);
      const [l, a, b] = colour as unknown as [number, number, number];
      into[0] = l / 100;
      into[1] = (Math.round(a * 256) & 0xff_ff) / 65_535;
      into[2] = (Math.round(b * 256) & 0xff_ff) / 65_535;
    },
  };
}

type DecodeLab = (row: Float64Array, at: number, into: Float64Array) => void;

/** Unsigned samples as lightness and signed chroma; the sign begins at `half`. */
function decodeLab(lightest: number, unit: number, chroma: (value: number) => number): DecodeLab {
  return (row, at, into) => {
    into[0] = Math.min(100, ((row[at] as number) * 100) / lightest);
    into[1] = chroma(row[at + 1] as number) / unit;
    into[2] = chroma(row[at + 2] as number) / unit;
  };
}

const LAB8 = decodeLab(255, 1, (value) => (value << 24) >> 24);
const LAB8_ICC = decodeLab(255, 1, (value) => value - 128);
const LAB16 = decodeLab(65_535, 256, (value) => (value << 16) >> 16);
const LAB16_ICC = decodeLab(65_280, 256, (value) => value - 32_768);

/** SGI's log luminance as libtiff shows it: 0 to 1, with a gamma of 2 (tif_luv.c, L16toGry). */
function logL(): ColourMaking {
  return {
    colours: 'grey',
    from: 1,
    make: (row, at, into) => {
      const word = (row[at] as number) & 0xff_ff;
      const exponent = word & 0x7f_ff;
      const luminance = exponent === 0 || word > 0x7f_ff ? 0 : 2 ** ((exponent + 0.5) / 256 - 64);
      into[0] = Math.min(1, Math.sqrt(luminance));
    },
  };
}
