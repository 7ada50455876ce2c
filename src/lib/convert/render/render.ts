/*
 * Render: what happens in the conversion process, the only place that loads sharp. `sharp-tiff.ts`
 * can reach no loader but TIFF's. From there the picture is a pipeline: who reads it (`source.ts`),
 * which extra samples are transparency (`alpha.ts`), colours, turning (large pictures by way of the
 * disk, `turn-on-disk.ts`), encoding. When the JPEG is written, `metadata/` puts before it what is
 * kept of the TIFF's metadata and profile (docs/metadata.md), and no pixel can change any more.
 *
 * What violates the specification harmlessly is read forgivingly (`forgiveness.ts`). What libtiff
 * only warns of is told by its words; for what it refuses, sharp reads a private copy, or the file
 * itself where that is ours, with a directory of its own (`page-copy.ts`). Sizes of strips and
 * tiles that the file does not tell are computed, or found by the end codes of the data
 * (`data-end.ts`). `failure.ts` tells damaged files, limits of the machine and faults of ours
 * apart.
 */
import { stat } from 'node:fs/promises';
import type { Sharp } from 'sharp';
import type { Effort, EncoderSettings } from '../encoder-settings.ts';
import { missingData } from '../header/completeness.ts';
import type { ConversionNote, JpegRequest, Rendered, SentRequest } from '../messages.ts';
import { orientationTagged } from '../notes-on-pages.ts';
import { type FlatSource, openFlat, readForgivingly } from './flat-picture.ts';
import { areForgiven, notesOnForgiven } from './forgiveness.ts';
import { addMetadata } from './metadata/add-metadata.ts';
import { writeOwnOutput } from './own-output.ts';
import type { TiffReader } from './sharp-tiff.ts';

/**
 * Makes the JPEG of a TIFF's page as planned: orientation applied, greyscale in one channel,
 * transparency flattened onto the background, everything else with exactly the pixels of
 * `sharp(tiff).jpeg({ quality: 95, mozjpeg: true })`. Runs in the conversion process. Throws what
 * sharp throws, and `ConversionError` if JPEG cannot hold the picture.
 */
export function render(request: SentRequest<JpegRequest>, reader: TiffReader): Promise<Rendered> {
  return readForgivingly(request, reader, async (source) => {
    const rendered = await renderSource(request, source, reader);
    return { ...rendered, notes: toldOnce(source, rendered.notes) };
  });
}

/**
 * The decoders' warnings, each once: they repeat for each tile, and do not stop uncompressed ones.
 * Throws those that cannot be forgiven.
 */
function toldOnce(source: FlatSource, notes: readonly ConversionNote[]): ConversionNote[] {
  const { page, fileBytes, forgiving, allRows } = source;
  const isWarning = ({ code }: ConversionNote) => code === 'DECODER_WARNING';
  const warnings = [...new Set(notes.filter(isWarning).map(({ message }) => message))];
  const others = notes.filter((note) => !isWarning(note));
  if (missingData(page, fileBytes).length === 0 && areForgiven(warnings, page, allRows))
    return [...others, ...notesOnForgiven(warnings, page)];
  if (forgiving) throw new Error(warnings.join('\n'));
  return [...warnings.map((message) => ({ code: 'DECODER_WARNING', message }) as const), ...others];
}

async function renderSource(
  request: SentRequest<JpegRequest>,
  source: FlatSource,
  reader: TiffReader,
): Promise<Rendered> {
  const { turn, effort, encoder, paths } = request;
  const flat = await openFlat(request, source, turn, reader);
  const encoded = encode(flat.picture, encoder, effort);
  const made = await writeOwnOutput(paths.output, (path) => encoded.toFile(path));
  const { width, height, channels } = made;
  const { orientation } = flat;
  const { converted, kept } = flat.profile;
  const tagged = turn === 'tag';
  const swapped = !tagged && orientation >= 5;
  const { reduction } = flat;
  const seen = { width, height, channels, orientation, tagged, swapped, converted, reduction };
  const lost = await addMetadata(request, { ...seen, profile: kept });
  const turning = tagged ? [orientationTagged(orientation)] : [];
  const { size: bytes } = await stat(paths.output);
  const notes = [...flat.warnings, ...turning, ...flat.notes, ...lost];
  return { width, height, channels, bytes, notes };
}

/** The contract's encoder and its cheaper relatives. */
const ENCODERS = {
  max: { mozjpeg: true },
  balanced: { mozjpeg: true, optimiseScans: false },
  fast: { mozjpeg: false, progressive: false, optimiseCoding: false, quantisationTable: 3 },
} as const satisfies Record<Effort, object>;

/** A pipeline with the encoder of an effort at its end. */
export function encode(
  picture: Sharp,
  { quality, chromaSubsampling }: Pick<EncoderSettings, 'quality' | 'chromaSubsampling'>,
  effort: Effort,
): Sharp {
  return picture.jpeg({ quality, chromaSubsampling, ...ENCODERS[effort] });
}
