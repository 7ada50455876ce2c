/** How a JPEG is to be made. */
export interface EncoderSettings {
  /** 1–100, as mozjpeg counts. */
  readonly quality: number;
  readonly chromaSubsampling: ChromaSubsampling;
  /** What transparent pixels become: `white`, `black` or `#rrggbb`. */
  readonly background: string;
}

/** The chroma subsamplings that can be asked for. */
export const chromaSubsamplings = ['4:2:0', '4:4:4'] as const;
/** How much of the colour's resolution is kept. */
export type ChromaSubsampling = (typeof chromaSubsamplings)[number];

/** The contract's settings, and white paper behind what is transparent. */
export const defaultEncoderSettings: EncoderSettings = {
  quality: 95,
  chromaSubsampling: '4:2:0',
  background: 'white',
};

/** What is wrong with a background colour, or undefined when it is one. */
export function backgroundProblem(colour: string): string | undefined {
  return levelsOf(colour) ? undefined : 'must be white, black or #rrggbb';
}

/** Red, green and blue of a background colour, 0–255 each; undefined when it is none. */
export function levelsOf(colour: string): readonly [number, number, number] | undefined {
  const hex = { white: 'ffffff', black: '000000' }[colour] ?? /^#([\da-f]{6})$/i.exec(colour)?.[1];
  if (!hex) return undefined;
  const rgb = Number.parseInt(hex, 16);
  return [rgb >> 16, (rgb >> 8) & 255, rgb & 255];
}

/** The settings as one line of ASCII: equal lines make equal JPEGs of equal TIFFs with equal versions. */
export function describeEncoder(settings: EncoderSettings): string {
  const { quality, chromaSubsampling, background } = settings;
  return `mozjpeg q=${quality} chroma=${chromaSubsampling} background=${encodeURIComponent(background)}`;
}
