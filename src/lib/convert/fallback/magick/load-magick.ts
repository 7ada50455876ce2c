import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as MagickModule from '@imagemagick/magick-wasm';
import { notLoaded } from '../../not-loaded.ts';

/** ImageMagick in WebAssembly. */
export type Magick = typeof MagickModule;

/** The most bytes for ImageMagick's pixels: just under the 4 GB that wasm32 can address. */
export const MAX_PIXEL_BYTES = 4_294_901_760;

/** Only TIFF can be read; no delegates, no other files, no network. */
const POLICY = `<?xml version="1.0" encoding="UTF-8"?>
<policymap>
  <policy domain="delegate" rights="none" pattern="*"/>
  <policy domain="filter" rights="none" pattern="*"/>
  <policy domain="path" rights="none" pattern="@*"/>
  <policy domain="path" rights="none" pattern="|*"/>
  <policy domain="coder" rights="none" pattern="*"/>
  <policy domain="coder" rights="read" pattern="{TIFF}"/>
</policymap>
`;

/**
 * Loads ImageMagick (15 MB of WebAssembly, about 0.1 s) once for the calling thread. Its pixels
 * stay in memory: its disk would be memory too. Throws loading errors as such (`notLoaded`).
 */
export async function loadMagick(pixelBytes = MAX_PIXEL_BYTES): Promise<Magick> {
  const { magick, wasm } = await readPackage().catch((error: unknown) => {
    throw notLoaded(error);
  });
  const { log } = magick.ConfigurationFiles.default;
  const policy = { fileName: 'policy.xml', data: POLICY };
  await magick.initializeImageMagick(wasm, {
    log,
    policy,
    *all() {
      yield log;
      yield policy;
    },
  });
  magick.ResourceLimits.memory = BigInt(pixelBytes);
  magick.ResourceLimits.area = BigInt(pixelBytes);
  magick.ResourceLimits.disk = 0n;
  return magick;
}

async function readPackage(): Promise<{ readonly magick: Magick; readonly wasm: Buffer }> {
  const magick = await import('@imagemagick/magick-wasm');
  const { resolve } = createRequire(import.meta.url);
  return { magick, wasm: await readFile(resolve('@imagemagick/magick-wasm/magick.wasm')) };
}
