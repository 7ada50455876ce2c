import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { execa } from 'execa';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Converter } from '../../../../../src/lib/convert/process/converter.ts';
import { scratchIn } from '../../../../../src/lib/convert/process/scratch.ts';
import { pid, useConverters } from '../../../../support/converters.ts';
import { makeOldJpeg } from '../../../../support/make-ojpeg.ts';
import { childrenOf, isRunning } from '../../../../support/processes.ts';
import { until } from '../../../../support/until.ts';

const { folder, withConverter, convert } = useConverters();
const side = 4_000;
let large: string;
beforeAll(async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const data = await sharp({
    create: { width: side, height: side, channels: 3, background: 'teal', noise },
  })
    .raw()
    .toBuffer();
  const picture = { width: side, height: side, data };
  large = await folder.write('large.tif', await makeOldJpeg(picture, { kind: 'interchange' }));
});

/**
 * Bytes that a process holds; only a decoder in WebAssembly makes it so many before the plain TIFF
 * is there.
 */
const heldBy = (child: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child}/status`, 'utf8'))?.[1] ?? 0) * 1024;
const isDecoding = (child: number) =>
  heldBy(child) > 180e6 && !existsSync(scratchIn(folder.root).plain);

describe('while ImageMagick decodes, which blocks its thread', () => {
  it('an aborted conversion ends, and leaves nothing', () =>
    withConverter(async (converter) => {
      const child = pid() ?? Number.NaN;
      const controller = new AbortController();
      const { signal } = controller;
      const ended = convert(large, converter, { signal }).catch((error: unknown) => error);
      await until(() => isDecoding(child));
      controller.abort(new Error('enough'));
      expect(await ended).toMatchObject({ message: 'enough' });
      await until(() => !isRunning(child));
      expect(readdirSync(folder.root)).toEqual(['large.tif']);
    }));

  it('progress is reported all the time', () =>
    withConverter(async (converter) => {
      const child = pid() ?? Number.NaN;
      let signs = 0;
      const onProgress = () => {
        if (isDecoding(child)) signs++;
        return true;
      };
      const watched: Converter = {
        ...converter,
        convert: (job, watch) => converter.convert(job, { ...watch, onProgress }),
      };
      const { plan } = await convert(large, watched, { effort: 'fast' });
      expect(signs).toBeGreaterThan(1);
      expect(plan).toMatchObject({ reading: { reader: 'magick' } });
      // The plain TIFF, as large as the picture, is gone before anybody asks for the room.
      expect(readdirSync(folder.root).sort()).toEqual(['large.tif', 'out.jpg']);
    }));

  it('the process ends when its parent does', async () => {
    const script = `
      import { openConverter } from './src/lib/convert/process/converter.ts';
      import { convertInPlace } from './src/lib/convert/convert-in-place.ts';
      const converter = openConverter(${JSON.stringify(folder.root)});
      await converter.versions();
      process.stdout.write('ready');
      await convertInPlace(${JSON.stringify(large)}, ${JSON.stringify(folder.path('never.jpg'))}, { converter });`;
    const parent = execa(process.execPath, ['--input-type=module', '--eval', script], {
      reject: false,
    });
    await new Promise((resolve) => parent.stdout.once('data', resolve));
    const [child = 0] = childrenOf(parent.pid ?? 0, 'child.');
    await until(() => isDecoding(child));
    parent.kill('SIGKILL');
    await parent;
    await until(() => !isRunning(child));
  });
});
