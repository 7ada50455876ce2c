import { expect, it } from 'vitest';
import { planPages } from '../../../../src/lib/collection/plan-pages.ts';
import { choosePages } from '../../../../src/lib/convert/choose-pages.ts';
import { encoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import type { FailKind } from '../../../../src/lib/convert/strictness.ts';
import { makeTiff } from '../../../support/tiff-writer.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

it('refuses a picture that would be turned by a tag only, if warnings are errors', async () => {
  const [width, height] = [2000, 1500];
  const data = Buffer.alloc(width * height * 3);
  const page = { width, height, data, samplesPerPixel: 3, photometric: 2, orientation: 6 };
  const path = await folder.write('a.tif', makeTiff(page));
  const chosen = await choosePages(path, 'first', 'a.tif');
  const planned = (memoryBytes: number, ...failOn: FailKind[]) =>
    planPages(chosen, {
      name: 'a.tif',
      outputs: ['a.jpg'],
      pages: 'first',
      verify: false,
      encoder: encoderSettings({ effort: 'max' }),
      limits: { memoryBytes, cpuSeconds: 100, seconds: 100, diskBytes: 0 },
      strict: { failOn: new Set(failOn) },
    });
  const { peakBytes: enough } = planned(Number.MAX_SAFE_INTEGER, 'warning');
  expect(planned(enough - 1).plans).toHaveLength(1);
  expect(() => planned(enough - 1, 'warning')).toThrow(
    /^"a\.tif" would have warnings: The picture is too large to be turned here; its orientation \(6\) is kept/,
  );
});
