import { lastSegmentLast } from './last-segment-last.ts';
import { makeOldJpeg } from './make-ojpeg.ts';
import { type SampledPicture, sampledPage } from './packed-samples.ts';
import { raw } from './pictures.ts';
import { makeTiff } from './tiff-writer.ts';

/** A TIFF for the decoders beside sharp, and which of them reads it. */
export interface DecoderPage {
  readonly name: string;
  readonly reader: 'samples' | 'magick';
  readonly tiff: Buffer;
}

const [width, height] = [64, 48];

/** Pages that nothing is wrong with. */
export async function soundPages(): Promise<DecoderPage[]> {
  const source = { width, height, data: await raw(width, height, 3).raw().toBuffer() };
  const old = await makeOldJpeg(source, { kind: 'tables', rowsPerStrip: 48 });
  return [
    { name: '12 bits', reader: 'samples', tiff: sampled({ samples: 3, bits: 12 }) },
    {
      name: 'floats',
      reader: 'samples',
      tiff: sampled({ samples: 1, bits: 32, format: 3, compression: 'deflate' }),
    },
    { name: 'an old-style JPEG', reader: 'magick', tiff: old },
  ];
}

/** Pages that fail, or that a decoder read despite something. */
export async function faultyPages(): Promise<DecoderPage[]> {
  const [, , old] = await soundPages();
  if (!old) throw new Error('not made');
  const progressive = await raw(width, height, 3).jpeg({ progressive: true }).toBuffer();
  const deflated = sampled({ samples: 1, bits: 12, compression: 'deflate' });
  return [
    { name: 'half of it', reader: 'samples', tiff: half(sampled({ samples: 3, bits: 12 })) },
    { name: 'half of an old-style JPEG', reader: 'magick', tiff: half(old.tiff) },
    {
      name: 'a checksum that is cut off',
      reader: 'samples',
      tiff: lastSegmentLast(deflated).subarray(0, -2),
    },
    {
      name: 'a progressive JPEG, of which ImageMagick warns',
      reader: 'magick',
      tiff: makeTiff({
        width,
        height,
        samplesPerPixel: 3,
        photometric: 6,
        compression: 7,
        data: progressive,
        segments: [progressive],
        entries: [{ tag: 530, type: 3, values: [2, 2] }],
      }),
    },
  ];
}

function sampled(
  kind: Pick<SampledPicture, 'samples' | 'bits' | 'format' | 'compression'>,
): Buffer {
  const value = (x: number, y: number) =>
    kind.format === 3 ? (x + y) / 112 : Math.floor(((x + y) / 112) * 4095);
  return makeTiff(sampledPage({ width, height, ...kind, value }));
}

const half = (tiff: Buffer) => tiff.subarray(0, tiff.length / 2);
