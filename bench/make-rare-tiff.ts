/**
 * TIFFs of the kinds that no encoder at hand writes, for measurements: of a size that memory holds.
 */
import { writeFile } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { makeTiff, type TiffPage } from '../test/support/tiff-writer.ts';
import type { RareKind, TiffSpec } from './tiff-spec.ts';

/** Samples, their bits and what they mean (TIFF 6.0, PhotometricInterpretation), by kind. */
const KINDS: Readonly<Record<RareKind, Pick<TiffPage, 'samplesPerPixel' | 'photometric'>>> = {
  palette: { samplesPerPixel: 1, photometric: 3 },
  bilevel: { samplesPerPixel: 1, photometric: 1 },
  planar: { samplesPerPixel: 3, photometric: 2 },
  cmyka: { samplesPerPixel: 5, photometric: 5 },
};
const STRIP_ROWS = 128;
const COLOR_MAP = { tag: 320, type: 3 } as const;

/** Writes such a TIFF with the samples of a drawing: one of red, green and blue for each pixel. */
export async function writeRareTiff(
  path: string,
  { kind, bits, compression, layout, orientation }: TiffSpec,
  drawing: { readonly width: number; readonly height: number; readonly rgb: Buffer },
): Promise<void> {
  const { width, height } = drawing;
  const { samplesPerPixel, photometric } = KINDS[kind as RareKind];
  const planar = kind === 'planar';
  const rowBytes = Math.ceil((width * bits * (planar ? 1 : samplesPerPixel)) / 8);
  const rows = layout === 'one strip' ? height : STRIP_ROWS;
  const data = SAMPLES[kind as RareKind](drawing);
  const deflated = compression === 'deflate';
  const segments = stripEnds(data.length, rowBytes * height, rows * rowBytes).map(([from, to]) =>
    deflateSync(data.subarray(from, to), { level: 1 }),
  );
  const page: TiffPage = {
    width,
    height,
    samplesPerPixel,
    photometric,
    planar,
    orientation,
    data,
    bitsPerSample: bits,
    rowsPerStrip: rows,
    compression: deflated ? 8 : 1,
    ...(deflated ? { segments } : {}),
    ...(kind === 'cmyka' ? { extraSamples: [2] } : {}),
    ...(kind === 'palette' ? { entries: [{ ...COLOR_MAP, values: smoothColours() }] } : {}),
  };
  await writeFile(path, makeTiff(page));
}

/** How each kind takes its samples from the drawing. */
const SAMPLES: Readonly<Record<RareKind, (drawing: { rgb: Buffer }) => Buffer>> = {
  palette: ({ rgb }) => samplesOf(rgb, 1, (from) => rgb[from] ?? 0),
  // Blobs of black on white, as letters are.
  bilevel: ({ rgb }) =>
    samplesOf(rgb, 1 / 8, (from) => {
      let byte = 0;
      for (let bit = 0; bit < 8; bit++)
        byte = (byte << 1) | ((rgb[from + bit * 3] ?? 0) > 90 ? 1 : 0);
      return byte;
    }),
  planar: ({ rgb }) => {
    const pixels = rgb.length / 3;
    return samplesOf(rgb, 3, (_, i) => rgb[(i % pixels) * 3 + Math.floor(i / pixels)] ?? 0);
  },
  cmyka: ({ rgb }) =>
    samplesOf(rgb, 5, (from, i) =>
      i % 5 < 3 ? 255 - (rgb[from + (i % 5)] ?? 0) : i % 5 === 3 ? 0 : 200,
    ),
};

/**
 * So many bytes for each pixel of the drawing; each is told the place of its pixel there, and its
 * own.
 */
function samplesOf(
  rgb: Buffer,
  perPixel: number,
  sample: (from: number, index: number) => number,
): Buffer {
  const bytes = Buffer.alloc(Math.ceil((rgb.length / 3) * perPixel));
  for (let i = 0; i < bytes.length; i++) bytes[i] = sample(Math.floor(i / perPixel) * 3, i);
  return bytes;
}

/** Where strips begin and end: none reaches over the end of a plane. */
function stripEnds(length: number, plane: number, strip: number): [number, number][] {
  const starts: [number, number][] = [];
  for (let base = 0; base < length; base += plane)
    for (let from = base; from < base + plane; from += strip)
      starts.push([from, Math.min(from + strip, base + plane)]);
  return starts;
}

/**
 * 256 colours that turn into each other: all reds, then all greens, then all blues (TIFF 6.0,
 * section 5).
 */
function smoothColours(): number[] {
  const levels = Array.from({ length: 256 }, (_, i) => i);
  return [levels, levels.map((i) => 255 - i), levels.map((i) => Math.abs(i - 128))]
    .flat()
    .map((level) => level * 257);
}
