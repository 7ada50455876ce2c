import { readFile } from 'node:fs/promises';
import type { EncoderSettings } from '../lib/convert/encoder-settings.ts';
import { type Inspection, pictureOfPage } from '../lib/convert/inspect/inspection.ts';
import type { PagesSetting } from '../lib/convert/pages.ts';
import { previewTiff } from '../lib/convert/preview-tiff.ts';
import { openConverter } from '../lib/convert/process/converter.ts';
import { withWorkspace } from '../lib/workspace.ts';
import type { PictureText } from './terminal-pictures.ts';

/** Makes the text that shows a TIFF's page on the terminal; undefined where it cannot be. */
export type Preview = (path: string, inspection: Inspection) => Promise<string | undefined>;

/** Pixels: a third of a usual terminal, so that what is said of the TIFF stays in sight. */
const MOST = { width: 320, height: 240 } as const;
/** Nobody waits longer for a look, in milliseconds. */
const PATIENCE_MS = 10_000;

/** What previews show: the page that the setting begins with, as its JPEG by these settings shows it. */
export interface PreviewSettings {
  readonly pages: PagesSetting;
  readonly encoder: EncoderSettings;
}

/**
 * Lends a conversion process that makes previews. What cannot be shown, or not soon, is not: a preview never fails
 * what it is for.
 */
export function withPreviews<T>(
  pictureText: PictureText,
  { pages, encoder }: PreviewSettings,
  stop: AbortSignal,
  use: (preview: Preview) => Promise<T>,
): Promise<T> {
  // Terminals take the numbers for sRGB, whatever profile is with them.
  const settings: EncoderSettings = { ...encoder, profile: 'srgb' };
  return withWorkspace(async (workspace) => {
    const converter = openConverter(workspace.folder);
    const output = workspace.path('preview.png');
    const preview: Preview = async (path, { directories, firstPage }) => {
      const page = typeof pages === 'number' ? pages : pages === 'first' ? firstPage : 1;
      const plan = pictureOfPage(directories, page)?.plan;
      if (!plan || 'error' in plan) return undefined;
      const signal = AbortSignal.any([stop, AbortSignal.timeout(PATIENCE_MS)]);
      try {
        const options = { name: path, page, most: MOST, settings, converter, signal };
        await previewTiff(path, output, options);
        return pictureText(await readFile(output));
      } catch {
        stop.throwIfAborted();
        return undefined;
      }
    };
    try {
      return await use(preview);
    } finally {
      await converter.close();
    }
  });
}
