import { expect, it } from 'vitest';
import { planPages } from '../../../../src/lib/collection/plan-pages.ts';
import { choosePages } from '../../../../src/lib/convert/choose-pages.ts';
import { encoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

it('refuses a picture that is going to be turned by a tag only, if warnings are errors', async () => {
  const [width, height] = [2000, 1500];
  const data = Buffer.alloc(width * height * 3);
  const page = { width, height, data, samplesPerPixel: 3, photometric: 2, orientation: 6 };
  const path = await folder.write('a.tif', makeTiff(page));
  const chosen = await choosePages(path, 'first', 'a.tif');
  const planned = (memoryBytes: number, warningsAsErrors: boolean) =>
    planPages(chosen, {
      name: 'a.tif',
      outputs: ['a.jpg'],
      pages: 'first',
      verify: false,
      encoder: encoderSettings({ effort: 'max' }),
      limits: { memoryBytes, cpuSeconds: 100, seconds: 100, diskBytes: 0 },
      strict: { failOnLoss: false, warningsAsErrors },
    });
  const { peakBytes: enough } = planned(Number.MAX_SAFE_INTEGER, true);
  expect(planned(enough - 1, false).plans).toHaveLength(1);
  expect(() => planned(enough - 1, true)).toThrow(
    /^"a\.tif" would have warnings: The picture is too large to be turned here; its orientation \(6\) is kept/,
  );
});
