import type { TiffPage } from '../header/tiff-header.ts';
import { pixelsOf } from './memory-model.ts';

/*
 * The conversion process while ImageMagick in WebAssembly decodes a page. Measured (VmHWM, Node.js
 * 24, magick-wasm 0.0.43) on old-style JPEG, JPEG in tiles and planes, Lab, PixarLog and SGILog of
 * 1 to 60 megapixels: 185 to 205 MB at 1 MP; at 60 MP 630 MB in small strips, 1 030 MB in one, 860
 * MB in tiles and three planes, 940 MB in four. Predictions were 1.02 to 1.45 times as high.
 */

const MB = 1024 * 1024;
/** The process with its libraries (85 MB), the compiled WebAssembly, and its unused memory. */
const LOADED = 215 * MB;
/** Copies of the file in this process and in ImageMagick; an old-style JPEG is also rewritten. */
const FILE_COPIES = { old: 3.2, other: 2.2 } as const;
/**
 * Bytes per pixel beside its samples: libtiff's RGBA picture, through which ImageMagick reads tiles
 * and YCbCr.
 */
const BESIDE = { tiles: 10, ycbcr: 5, strips: 1 } as const;
/** Bytes per pixel of a strip being decoded: its samples, and what codec or RGBA add. */
const STRIP = 9;

/** The address space of 32-bit WebAssembly, in bytes: the limit for any picture. */
const ADDRESSABLE = 4096 * MB;

/** The peak memory of the conversion process while ImageMagick decodes a page, in bytes. */
export function magickBytes(page: TiffPage, fileBytes: number): number {
  const copies = page.compression === OLD_JPEG ? FILE_COPIES.old : FILE_COPIES.other;
  return LOADED + fileBytes * copies + pictureBytes(page);
}

/**
 * Whether a page is too large for ImageMagick's 4 GB, whatever the machine has: from about 500 MP
 * (RGB) in small strips, 330 MP in tiles, 250 MP for an old-style JPEG in one strip.
 */
export function exceedsMagick(page: TiffPage, fileBytes: number): boolean {
  return pictureBytes(page) + fileBytes > ADDRESSABLE;
}

/**
 * CPU seconds for decoding a page with ImageMagick, including its loading (0.35 s); a guide, like
 * the other models.
 */
export function magickCpuSeconds(page: TiffPage): number {
  const dataMegabytes = (page.segments?.totalBytes ?? 0) / MB;
  const perMegapixel = 0.012 + 0.013 * page.samplesPerPixel;
  return 0.35 + (pixelsOf(page) / 1e6) * perMegapixel + 0.004 * dataMegabytes;
}

/** Compression and PhotometricInterpretation of TIFF 6.0, and LogL, which is decoded to RGB. */
const [OLD_JPEG, YCBCR, LOGL] = [6, 6, 32_844];

function pictureBytes(page: TiffPage): number {
  const { photometric, samplesPerPixel, segments, width, height } = page;
  const samples = photometric === LOGL ? 3 : samplesPerPixel;
  const isTiled = segments?.kind === 'tiles';
  const beside = isTiled ? BESIDE.tiles : photometric === YCBCR ? BESIDE.ycbcr : BESIDE.strips;
  const strip = isTiled
    ? 0
    : width * (segments?.height ?? height) * STRIP + (segments?.largestBytes ?? 0);
  return pixelsOf(page) * (samples + beside) + strip;
}
