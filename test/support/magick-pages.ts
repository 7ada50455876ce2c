import { readFile } from 'node:fs/promises';
import { rewriteByMagick } from '../../src/lib/convert/fallback/magick/rewrite-by-magick.ts';
import { readTiffHeader } from '../../src/lib/convert/header/tiff-header.ts';
import type { ConversionNote } from '../../src/lib/convert/messages.ts';
import { type PlainPicture, plainSamples } from '../../src/lib/convert/plan/plain-picture.ts';
import type { Picture } from './pixels.ts';

/** A page as it was rewritten: the plain TIFF, and its samples as they stand in it. */
export interface RewrittenPage extends Picture {
  readonly path: string;
  readonly picture: PlainPicture;
  readonly notes: readonly ConversionNote[];
}

type Load = Parameters<typeof rewriteByMagick>[1];

/** Has ImageMagick rewrite a page of a file, beside it. */
export async function rewritten(input: string, index = 0, load?: Load): Promise<RewrittenPage> {
  const header = await readTiffHeader(input);
  const page = header?.pages[index];
  if (!header || !page) throw new Error('There is no such page');
  const output = `${input}-${index}.plain.tif`;
  const { picture, notes } = await rewriteByMagick({ input, output, page, format: header }, load);
  const { width, height } = picture;
  const channels = plainSamples(picture);
  const file = await readFile(output);
  const data = file.subarray(-((width * height * channels * picture.bits) / 8));
  return { path: output, picture, notes, width, height, channels, data };
}
