import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import {
  defaultEncoderSettings,
  type EncoderSettings,
} from '../../src/lib/convert/encoder-settings.ts';
import { readTiffHeader } from '../../src/lib/convert/header/tiff-header.ts';
import type { ConversionNote } from '../../src/lib/convert/messages.ts';
import { openPage, pageRequestFor } from '../../src/lib/convert/open-page.ts';
import type { ConversionPlan } from '../../src/lib/convert/plan/plan.ts';
import { type Converter, openConverter } from '../../src/lib/convert/process/converter.ts';
import { addMetadata } from '../../src/lib/convert/render/metadata/add-metadata.ts';
import { exiftool } from './exiftool.ts';
import type { TestFolder } from './folder.ts';
import { pageOf } from './pages.ts';
import { useFolder } from './use-folder.ts';

/** A JPEG that was made. */
export interface MadeJpeg {
  readonly path: string;
  readonly bytes: Buffer;
  readonly notes: readonly ConversionNote[];
  /** What exiftool reads in it. */
  readonly found: Record<string, unknown>;
}

/** How a JPEG is made: changes to the default settings, which page, and how it gets upright. */
export interface Making extends Partial<EncoderSettings> {
  readonly turn?: ConversionPlan['turn'];
  /** Place in the chain of directories, from 0. */
  readonly index?: number;
}

/** For the tests of a file: makes JPEGs of TIFFs in one conversion process. */
export function useJpegs() {
  const folder = useFolder();
  let converter: Converter | undefined;
  let count = 0;
  beforeAll(() => {
    converter = openConverter(folder.root);
  });
  afterAll(() => converter?.close());
  const make = async (tiff: Buffer | string, making: Making = {}): Promise<MadeJpeg> => {
    const { turn = 'none', index = 0, ...changes } = making;
    const name = `${++count}`;
    const input = typeof tiff === 'string' ? tiff : folder.path(`${name}.tif`);
    if (typeof tiff !== 'string') await writeFile(input, tiff);
    const output = folder.path(`${name}.jpg`);
    if (!converter) throw new Error('JPEGs can be made in tests only.');
    const opened = await openPage(input, { page: index + 1 });
    const settings = { ...defaultEncoderSettings, ...changes };
    const request = pageRequestFor(opened, settings, { output });
    const { notes, bytes: size } = await converter.convert({
      kind: 'jpeg',
      ...request,
      effort: 'fast',
      turn,
    });
    const bytes = await readFile(output);
    if (bytes.length !== size)
      throw new Error(`${size} bytes were told, ${bytes.length} are there`);
    return { path: output, bytes, notes, found: await exiftool(output) };
  };
  return { folder, make };
}

/**
 * Adds what a TIFF has to a JPEG, as the conversion process does it, whatever a decoder says of the
 * TIFF.
 */
export async function addTo(
  folder: Pick<TestFolder, 'write'>,
  jpeg: Buffer,
  tiff: Buffer,
  metadata: EncoderSettings['metadata'] = 'all',
): Promise<Omit<MadeJpeg, 'found'>> {
  const input = await folder.write('added.tif', tiff);
  const output = await folder.write('added.jpg', jpeg);
  const header = await readTiffHeader(input);
  const encoder = { ...defaultEncoderSettings, metadata };
  // As if it had been damaged after its header was read.
  const page = header?.pages[0] ?? pageOf(1);
  const format = header ?? { littleEndian: true, big: false };
  const request = { paths: { input, output }, encoder, page, format };
  const picture = {
    width: 16,
    height: 24,
    channels: 3,
    orientation: 6,
    tagged: false,
    swapped: true,
  };
  const notes = await addMetadata(request, { ...picture, converted: true, profile: undefined });
  return { path: output, bytes: await readFile(output), notes };
}
