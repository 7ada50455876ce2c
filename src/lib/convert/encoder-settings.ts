/** How a JPEG is made. */
export interface EncoderSettings {
  /** 1–100, on mozjpeg's scale. */
  readonly quality: number;
  readonly chromaSubsampling: ChromaSubsampling;
  /** The colour behind transparent pixels: `white`, `black` or `#rrggbb`. */
  readonly background: string;
  /** How hard the encoder works; `auto` decides for each TIFF. */
  readonly effort: EffortSetting;
  readonly profile: ProfileSetting;
  readonly metadata: MetadataSetting;
  /** The most pixels of the longer side: a larger picture is reduced. Undefined: as the TIFF. */
  readonly maxSize?: number | undefined;
}

/** The available chroma subsamplings. */
export const chromaSubsamplings = ['4:2:0', '4:4:4'] as const;
/** How much colour resolution is kept. */
export type ChromaSubsampling = (typeof chromaSubsamplings)[number];

/**
 * How hard the encoder works, best first.
 * - `max`: mozjpeg, as in the contract
 * - `balanced`: the same pixels in a slightly larger file, without the search for the best scans
 * - `fast`: baseline coding with the same quantisation, in constant memory
 */
export const efforts = ['max', 'balanced', 'fast'] as const;
/** How hard the encoder works. */
export type Effort = (typeof efforts)[number];

/** The available efforts. */
export const effortSettings = ['auto', ...efforts] as const;
/** The requested effort; `auto` is the best one that fits. */
export type EffortSetting = (typeof effortSettings)[number];

/** What can be done with an embedded colour profile. */
export const profileSettings = ['srgb', 'keep'] as const;
/**
 * What becomes of an embedded colour profile: its colours are converted to sRGB, or it is embedded
 * in the JPEG.
 */
export type ProfileSetting = (typeof profileSettings)[number];

/** How much metadata can be kept. */
export const metadataSettings = ['none', 'copyright', 'all'] as const;
/**
 * How much of the TIFF's metadata the JPEG gets: none, author and copyright, or all that JPEG can
 * hold.
 */
export type MetadataSetting = (typeof metadataSettings)[number];

/**
 * The settings that hold unless others are given.
 *
 * @example
 * ```ts
 * import { convertTiff, defaultEncoderSettings } from 'arke-tiff';
 *
 * const quality = defaultEncoderSettings.quality - 10;
 * await convertTiff('scan.tif', 'scan.jpg', { quality, metadata: 'all' });
 * ```
 */
export const defaultEncoderSettings: EncoderSettings = {
  quality: 95,
  chromaSubsampling: '4:2:0',
  background: 'white',
  effort: 'auto',
  profile: 'srgb',
  metadata: 'none',
};

/** The given settings, with defaults for all others. */
export function encoderSettings(asked: Partial<EncoderSettings>): EncoderSettings {
  const { quality, chromaSubsampling, background, effort, profile, metadata, maxSize } = asked;
  const all = { quality, chromaSubsampling, background, effort, profile, metadata, maxSize };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return { ...defaultEncoderSettings, ...Object.fromEntries(given) };
}

/** What is wrong with a background colour; undefined if it is valid. */
export function backgroundProblem(colour: string): string | undefined {
  return levelsOf(colour) ? undefined : 'must be white, black or #rrggbb';
}

/** Red, green and blue of a background colour, 0–255 each; undefined if it is invalid. */
export function levelsOf(colour: string): readonly [number, number, number] | undefined {
  const hex = { white: 'ffffff', black: '000000' }[colour] ?? /^#([\da-f]{6})$/i.exec(colour)?.[1];
  if (!hex) return undefined;
  const rgb = Number.parseInt(hex, 16);
  return [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
}

/**
 * The settings as one line of ASCII: equal lines, TIFFs and versions give equal JPEGs. Has the
 * requested effort: what `auto` chooses depends on the machine.
 */
export function describeEncoder(encoder: EncoderSettings): string {
  const { quality, chromaSubsampling, background, effort, profile, metadata, maxSize } = encoder;
  // Without the setting, the line is that of JPEGs made before it existed.
  const size = maxSize === undefined ? '' : ` max-size=${maxSize}`;
  return (
    `mozjpeg q=${quality} chroma=${chromaSubsampling} background=${encodeURIComponent(background)} ` +
    `effort=${effort} profile=${profile} metadata=${metadata}${size}`
  );
}

/** The parts of a line from `describeEncoder`. */
const LINE =
  /^mozjpeg q=(\d+) chroma=(\S+) background=(\S+) effort=(\S+) profile=(\S+) metadata=(\S+)(?: max-size=(\d+))?$/;

/** The settings in a line from `describeEncoder`; undefined for any other line. */
export function readEncoder(line: string): EncoderSettings | undefined {
  const [, quality, chroma, background = '', ...others] = LINE.exec(line) ?? [];
  const [effort, profile, metadata, maxSize] = others;
  const settings = encoderSettings({
    quality: Number(quality),
    chromaSubsampling: chromaSubsamplings.find((one) => one === chroma),
    background: background.replace('%23', '#'),
    effort: effortSettings.find((one) => one === effort),
    profile: profileSettings.find((one) => one === profile),
    metadata: metadataSettings.find((one) => one === metadata),
    maxSize: maxSize === undefined ? undefined : Number(maxSize),
  } as Partial<EncoderSettings>);
  const isOurs = levelsOf(settings.background) && describeEncoder(settings) === line;
  return isOurs ? settings : undefined;
}
