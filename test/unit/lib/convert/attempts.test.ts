import { expect, it } from 'vitest';
import { convertByPlan } from '../../../../src/lib/convert/attempts.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import type { ConversionRequest } from '../../../../src/lib/convert/messages.ts';
import { pricePage } from '../../../../src/lib/convert/plan/plan.ts';
import { readable } from '../../../../src/lib/convert/plan/readable.ts';
import type { Converter } from '../../../../src/lib/convert/process/converter.ts';
import { ConversionError } from '../../../../src/lib/errors.ts';
import { fileOfPage, pageOf } from '../../../support/pages.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

/** A process that runs out of memory, whatever it is given. */
function starving(): Converter & { readonly plans: string[] } {
  const plans: string[] = [];
  return {
    plans,
    temporaryFolder: folder.root,
    heldBytes: () => 0,
    versions: async () => '',
    convert: async (request: ConversionRequest) => {
      if (request.kind === 'jpeg') plans.push(`${request.effort} ${request.turn}`);
      throw new ConversionError('OUT_OF_MEMORY', 'No more memory');
    },
    close: async () => {},
  };
}

it('tries plans that take less each time, none of them twice, until none is left', async () => {
  const page = pageOf(10, { orientation: 6 });
  const converter = starving();
  const limits = { memoryBytes: 2 ** 32, cpuSeconds: 1e9, seconds: 1e9, diskBytes: 2 ** 40 };
  const settings = defaultEncoderSettings;
  const fileBytes = 2 ** 40;
  const how = { littleEndian: true, big: false, brokenChain: false, longChain: false } as const;
  const header = { ...how, pages: [page], fileBytes } as const;
  const file = { ...fileOfPage(page), bytes: fileBytes };
  const opened = { input: folder.path('x.tif'), header, ...readable(page, file) } as const;
  const output = folder.path('x.jpg');
  const priced = pricePage(opened, settings);
  const asked = { opened, priced, output, encoder: settings, converter, options: {} };
  await expect(convertByPlan(asked, limits)).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: expect.stringContaining('"x.tif"'),
  });
  expect(converter.plans).toEqual(['max memory', 'fast memory', 'fast disk', 'fast tag']);
});
