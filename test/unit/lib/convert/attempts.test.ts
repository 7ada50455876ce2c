import { expect, it } from 'vitest';
import { convertByPlan } from '../../../../src/lib/convert/attempts.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import type { ConversionJob } from '../../../../src/lib/convert/messages.ts';
import type { Converter } from '../../../../src/lib/convert/process/converter.ts';
import { ConversionError } from '../../../../src/lib/errors.ts';
import { fileOfPage, pageOf } from '../../../support/pages.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

/** A process that runs out of memory, whatever it is given. */
function starving(): Converter & { readonly ways: string[] } {
  const ways: string[] = [];
  return {
    ways,
    temporaryFolder: folder.root,
    versions: async () => '',
    convert: async ({ plan: { effort, turn } }: ConversionJob) => {
      ways.push(`${effort} ${turn}`);
      throw new ConversionError('OUT_OF_MEMORY', 'No more memory');
    },
    close: async () => {},
  };
}

it('goes no way to a JPEG twice, even if the figures change at each look', async () => {
  let width = 3_000;
  const page = {
    ...pageOf(10, { orientation: 6 }),
    // Less at each look: something less could be tried for ever.
    get width() {
      return --width;
    },
  };
  const converter = starving();
  const limits = { memoryBytes: 2 ** 32, cpuSeconds: 1e9, seconds: 1e9, diskBytes: 2 ** 40 };
  const settings = defaultEncoderSettings;
  const paths = { input: folder.path('x.tif'), output: folder.path('x.jpg'), name: 'x.tif' };
  const format = { littleEndian: true, big: false };
  const file = { ...fileOfPage(page), bytes: 2 ** 40 };
  const work = { ...paths, page, format, file, settings, converter, options: {} };
  await expect(convertByPlan(work, limits, settings)).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: expect.stringContaining('"x.tif"'),
  });
  expect(converter.ways).toEqual(['max memory', 'fast memory']);
});
