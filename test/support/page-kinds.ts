import { primaries, workingIcc } from './icc.ts';
import { makeOldJpeg } from './make-ojpeg.ts';
import { builtInProfile } from './profiles.ts';
import { packSamples } from './samples.ts';
import { makeTiff, type TiffPage } from './tiff-writer.ts';

/** A kind of page, drawn as a TIFF. */
export interface PageKind {
  readonly name: string;
  readonly reader: 'sharp' | 'samples' | 'magick';
  make(orientation?: number): Promise<Buffer>;
}

export const SIZE = { width: 136, height: 104 } as const;

type Colours = 'grey' | 'rgb' | 'cmyk' | 'palette' | 'lab';
type Depth = 8 | 14 | 16 | 'half' | 'float';
/** What comes after the colours: nothing, transparency, or a sample that is not. */
type Extra = 'opaque' | 'alpha' | 'extra sample';

interface Kind {
  readonly colours: Colours;
  readonly depth: Depth;
  readonly extra: Extra;
  readonly profile: string | undefined;
}

const PHOTOMETRIC = { grey: 1, rgb: 2, palette: 3, cmyk: 5, lab: 8 } as const;
const DEPTHS: Readonly<Record<Colours, readonly Depth[]>> = {
  grey: [8, 14, 16, 'half', 'float'],
  rgb: [8, 14, 16, 'half', 'float'],
  cmyk: [8, 16],
  palette: [8],
  lab: [8, 16],
};
const PROFILES: Readonly<Record<Colours, readonly (string | undefined)[]>> = {
  grey: [undefined, 'gamma 1.8'],
  rgb: [undefined, 'Adobe RGB'],
  cmyk: [undefined, 'CMYK'],
  palette: [undefined, 'Adobe RGB'],
  lab: [undefined],
};

const FURTHER_PROFILES = ['ProPhoto', 'Display P3', 'a profile of no use'];
const OF_ALL: readonly Extra[] = ['opaque', 'alpha', 'extra sample'];
const EXTRAS = {
  grey: OF_ALL,
  rgb: OF_ALL,
  cmyk: OF_ALL,
  palette: ['opaque'],
  lab: OF_ALL,
} as const;

/**
 * Every depth, colour space, kind of profile and of extra sample with which pages are read, by
 * every reader.
 */
export const pageKinds: readonly PageKind[] = [
  ...(Object.keys(DEPTHS) as Colours[]).flatMap((colours) =>
    DEPTHS[colours].flatMap((depth) =>
      PROFILES[colours].flatMap((profile) =>
        EXTRAS[colours].map((extra) => pageKind({ colours, depth, profile, extra })),
      ),
    ),
  ),
  ...FURTHER_PROFILES.flatMap((profile) =>
    ([8, 16, 'half'] as const).map((depth) =>
      pageKind({ colours: 'rgb', depth, profile, extra: 'opaque' }),
    ),
  ),
  oldJpeg(undefined),
  oldJpeg('Adobe RGB'),
];

/** The kind that is called so. Throws where none is. */
export function pageKindNamed(name: string): PageKind {
  const found = pageKinds.find((kind) => kind.name === name);
  if (!found) throw new Error(`no kind of page is called "${name}"`);
  return found;
}

function oldJpeg(profile: string | undefined): PageKind {
  return {
    name: describe(['old-style JPEG', profile]),
    reader: 'magick',
    make: async (orientation = 1) => {
      const samples = rowsOf('rgb', 'opaque', (level) => level * 255).flat();
      const icc = profile === undefined ? {} : { icc: await profileNamed(profile) };
      const picture = { ...SIZE, data: Uint8Array.from(samples) };
      return makeOldJpeg(picture, { kind: 'interchange', page: { orientation, ...icc } });
    },
  };
}

function describe(words: readonly (string | number | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== 'opaque').join(', ');
}

function pageKind({ colours, depth, profile, extra }: Kind): PageKind {
  const isOurs =
    typeof depth === 'string' ||
    depth === 14 ||
    (colours === 'lab' && (depth === 8 || extra !== 'opaque'));
  return {
    name: describe([colours, typeof depth === 'string' ? depth : `${depth} bits`, profile, extra]),
    reader: isOurs ? 'samples' : 'sharp',
    make: async (orientation = 1) => {
      const [format, bits] = depth === 'half' ? [3, 16] : depth === 'float' ? [3, 32] : [1, depth];
      const page = {
        ...SIZE,
        photometric: PHOTOMETRIC[colours],
        orientation,
        bitsPerSample: bits as number,
        ...(format === 3 ? { sampleFormat: 3 } : {}),
        ...(extra === 'opaque' ? {} : { extraSamples: [extra === 'alpha' ? 2 : 0] }),
        ...(profile === undefined ? {} : { icc: await profileNamed(profile) }),
        ...(colours === 'palette' ? { entries: [palette()] } : {}),
      };
      const scale = format === 3 ? 1 : 2 ** (bits as number) - 1;
      const rows = rowsOf(colours, extra, (level) =>
        format === 3 ? normal(level) : Math.round(level * scale),
      );
      const samplesPerPixel = (rows[0]?.length ?? 0) / SIZE.width;
      const data = packSamples(rows, { bits: bits as number, format: format as 1 | 3 });
      return makeTiff({ ...page, samplesPerPixel, data } satisfies TiffPage);
    },
  };
}

/** As `packSamples` can write it with 16 bits. */
const normal = (level: number) => (level < 1e-4 ? 0 : level);

/**
 * Red, green and blue, 0 to 1: dark and light, inside of sRGB and at the edge, with soft changes
 * and borders.
 */
function colourAt(x: number, y: number): [number, number, number] {
  const [u, v] = [x / (SIZE.width - 1), y / (SIZE.height - 1)];
  const shade = 0.5 + 0.5 * Math.sin(x / 5) * Math.cos(y / 7);
  if (u > 0.7 && v > 0.6) return [shade * 0.06, shade * 0.05, shade * 0.04];
  if (u < 0.3 && v > 0.6) return [0.1, 0.85 * shade + 0.1, 0.2];
  return [u, 0.2 + 0.7 * v * shade, 0.9 - 0.8 * u * v];
}

function rowsOf(colours: Colours, extra: Extra, sample: (level: number) => number): number[][] {
  return Array.from({ length: SIZE.height }, (_, y) =>
    Array.from({ length: SIZE.width }, (_, x) => {
      const beside = extra === 'opaque' ? [] : [x < 40 ? 0 : Math.min(1, (x - 40) / 60)];
      return [...samplesOf(colours, colourAt(x, y)), ...beside].map(sample);
    }).flat(),
  );
}

function samplesOf(colours: Colours, [r, g, b]: readonly [number, number, number]): number[] {
  if (colours === 'grey') return [g];
  if (colours === 'cmyk') return [1 - r, 1 - g, 1 - b, 0.1];
  if (colours === 'palette') return [Math.round(g * 255) / 255];
  // As TIFF 6.0 section 23 stores it, a and b near neutral: two's complement, of a positive number.
  if (colours === 'lab') return [g, r * 0.2, b * 0.2];
  return [r, g, b];
}

/** ColorMap (TIFF 6.0, section 5): all reds, all greens, all blues. */
function palette() {
  const of = (level: (i: number) => number) =>
    Array.from({ length: 256 }, (_, i) => Math.round(level(i / 255) * 65_535));
  const values = [...of((t) => t), ...of((t) => 1 - t), ...of((t) => 0.2 + t * 0.5)];
  return { tag: 320, type: 3, values };
}

async function profileNamed(name: string): Promise<Buffer> {
  if (name === 'Display P3') return builtInProfile('p3');
  if (name === 'CMYK') return builtInProfile('cmyk');
  if (name === 'gamma 1.8') return workingIcc({ gamma: 1.8 });
  if (name === 'ProPhoto') return workingIcc({ gamma: 1.8, rgb: primaries.proPhoto });
  const adobe = workingIcc({ gamma: 2.2, rgb: primaries.adobe });
  if (name === 'Adobe RGB') return adobe;
  // Its curves are of a type that nobody knows.
  for (let at = adobe.indexOf('curv'); at >= 0; at = adobe.indexOf('curv')) adobe.write('none', at);
  return adobe;
}
