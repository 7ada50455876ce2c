import { readdirSync, watch } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../../src/lib/convert/encoder-settings.ts';
import type { ConversionRequest } from '../../../../../src/lib/convert/messages.ts';
import { openPage, pageRequestFor } from '../../../../../src/lib/convert/open-page.ts';
import {
  type Converter,
  openConverter,
  type Watch,
} from '../../../../../src/lib/convert/process/converter.ts';
import { defaultLikenessBounds } from '../../../../../src/lib/convert/verify/likeness.ts';
import { signalChild } from '../../../../support/converters.ts';
import { pageKindNamed } from '../../../../support/page-kinds.ts';
import { noisyTiff, raw } from '../../../../support/pictures.ts';
import { until } from '../../../../support/until.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
/** Only the process may write here. */
let temporary: string;
let large: string;
let jpeg: string;
beforeAll(async () => {
  temporary = await folder.make('process');
  // Long enough under way for something to happen to it.
  large = await folder.write('large.tif', await noisyTiff(3000));
  jpeg = await folder.write('any.jpg', await raw(136, 104, 3).jpeg().toBuffer());
});

async function withConverter(test: (converter: Converter) => Promise<void>): Promise<void> {
  const converter = openConverter(temporary);
  try {
    await test(converter);
  } finally {
    await converter.close();
  }
}

/** Something to be asked for of a page, with its colours kept or not. */
async function asked(kind: string, how: string, profile: 'keep' | 'srgb') {
  const tiff = await folder.write('scan.tif', await pageKindNamed(kind).make(6));
  const settings = { ...defaultEncoderSettings, profile };
  const output = folder.path('made');
  const paths = { output, jpeg, before: output, after: folder.path('after') };
  const request = pageRequestFor(await openPage(tiff, {}), settings, paths);
  const [width, height] = [8, 8];
  const [bounds, jpegName] = [defaultLikenessBounds, 'any.jpg'];
  const requests: Record<string, ConversionRequest> = {
    'a JPEG, turned on disk': { kind: 'jpeg', ...request, effort: 'fast', turn: 'disk' },
    'a JPEG': { kind: 'jpeg', ...request, effort: 'fast', turn: 'memory' },
    'a preview': { kind: 'preview', ...request, most: { width, height } },
    pieces: { kind: 'pieces', ...request, region: { left: 0, top: 0, width, height } },
    'a comparison': { kind: 'comparison', ...request, turn: 'disk', bounds, jpegName },
  };
  const found = requests[how];
  if (!found) throw new Error(`Nobody can ask for ${how}`);
  return found;
}

describe('the temporary files of a request', () => {
  it.each([
    ['a JPEG, turned on disk', 'rgb, 8 bits', 'srgb', ['saved.tif']],
    ['a JPEG', 'rgb, float', 'srgb', ['plain.tif']],
    ['a JPEG', 'grey, 16 bits, gamma 1.8', 'srgb', ['pixel.tif', 'grey.icc']],
    ['a preview', 'rgb, 8 bits, Adobe RGB, extra sample', 'keep', ['saved.tif', 'profiled.tif']],
    ['pieces', 'rgb, 8 bits, Adobe RGB', 'keep', ['profiled.tif']],
    ['a comparison', 'rgb, 8 bits', 'srgb', ['saved.tif', 'page.tif']],
  ] as const)('are gone when it is done: %s of %s (%s)', (how, kind, profile, files) =>
    withConverter(async (converter) => {
      const seen = new Set<string | null>();
      const watcher = watch(temporary, (_, name) => seen.add(name));
      // Another picture than the JPEG: it is refused when all was measured, or before.
      await converter.convert(await asked(kind, how, profile)).catch((error: unknown) => {
        if (how !== 'a comparison') throw error;
      });
      await until(() => files.every((name) => seen.has(`scratch-${name}`)));
      watcher.close();
      expect(readdirSync(temporary)).toEqual([]);
    }),
  );

  it.each<[string, (converter: Converter, controller: AbortController) => unknown, Watch?]>([
    ['nobody wants it any more', (_, controller) => controller.abort(new Error('enough'))],
    ['its process is killed', () => signalChild('SIGKILL')],
    ['it is too slow', () => {}, { onProgress: () => readdirSync(temporary).length === 0 }],
    ['the converter is closed', (converter) => converter.close()],
  ])('are gone when %s', (_, happen, watched) =>
    withConverter(async (converter) => {
      const opened = await openPage(large, {});
      const output = folder.path('large.jpg');
      const request = pageRequestFor(opened, defaultEncoderSettings, { output });
      const controller = new AbortController();
      const { signal } = controller;
      const ended = converter
        .convert({ kind: 'jpeg', ...request, effort: 'max', turn: 'disk' }, { signal, ...watched })
        .then(
          () => 'done',
          () => 'failed',
        );
      // A picture that is upright is saved and read again all the same.
      const saved = until(() => readdirSync(temporary).includes('scratch-saved.tif'));
      await Promise.race([saved, ended]);
      await happen(converter, controller);
      expect(await ended).toBe('failed');
      expect(readdirSync(temporary)).toEqual([]);
    }),
  );
});
