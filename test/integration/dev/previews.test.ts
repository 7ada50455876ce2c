import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { type OpenPage, useBrowser } from '../../support/browser.ts';
import { useDev } from '../../support/dev.ts';
import { pageKindNamed } from '../../support/page-kinds.ts';
import { runProgram } from '../../support/program.ts';

const running = useDev();
const browser = useBrowser();
const TASK = '/api/tasks/test_task_1';
const ADOBE = 'rgb, 16 bits, Adobe RGB';

/** Runs the example's task on a TIFF in the place of its own, with further variables. */
async function run(tiff: Buffer, more: Record<string, string> = {}): Promise<void> {
  const { dev } = running;
  await dev.bucket.putObject(dev.variables['INPUT_R2_KEY'] ?? '', tiff);
  const { exitCode } = await runProgram(['run'], { env: { ...dev.variables, ...more } });
  expect(exitCode).toBe(0);
  await expect.poll(async () => (await running.api.task('test_task_1')).output_key).toBeTruthy();
}

async function picture(side: 'before' | 'after'): Promise<Buffer> {
  const answer = await running.api.get(`${TASK}/${side}`);
  expect(answer.status).toBe(200);
  return Buffer.from(await answer.arrayBuffer());
}

/** In the browser: the mean difference of both pictures where it shows them, in levels of 255. */
const DIFFERENCE = `(async () => {
  const samples = async (side) => {
    const picture = await createImageBitmap(await (await fetch('${TASK}/' + side)).blob());
    const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
    context.drawImage(picture, 0, 0);
    return context.getImageData(0, 0, picture.width, picture.height).data;
  };
  const [before, after] = [await samples('before'), await samples('after')];
  return before.reduce((sum, level, i) => sum + Math.abs(level - after[i]), 0) / before.length;
})()`;

describe('the TIFF of a task, beside its JPEG', () => {
  let open: OpenPage;
  beforeAll(async () => {
    open = await browser.open(running.dev.addresses.page);
  });

  it.each([
    ['as the contract says', ADOBE, {}],
    ['with its profile', ADOBE, { JPEG_PROFILE: 'keep' }],
    ['of greyscale with its profile', 'grey, 16 bits, gamma 1.8', { JPEG_PROFILE: 'keep' }],
    ['on its background', `${ADOBE}, alpha`, { JPEG_BACKGROUND: '#336699' }],
  ])('shows what the JPEG shows, %s', async (_, kind, variables) => {
    await run(await pageKindNamed(kind).make(), {
      JPEG_CHROMA_SUBSAMPLING: '4:4:4',
      JPEG_QUALITY: '100',
      ...variables,
    });
    const profileOf = async (side: 'before' | 'after') =>
      (await sharp(await picture(side)).metadata()).icc;
    expect(await profileOf('before')).toEqual(await profileOf('after'));
    expect(await open.page.evaluate<number>(DIFFERENCE)).toBeLessThan(0.5);
  });

  it('changes when the TIFF is replaced, or another page of it is converted', async () => {
    const plain = { compression: 'none' } as const;
    const page = (background: string) =>
      sharp({ create: { width: 32, height: 32, channels: 3, background } });
    const [teal, red] = await Promise.all(
      ['teal', 'red'].map((colour) => page(colour).png().toBuffer()),
    );
    const pages = await sharp([teal as Buffer, red as Buffer], { join: { animated: true } })
      .tiff(plain)
      .toBuffer();
    const seen = async () => [
      ...(
        await sharp(await picture('before'))
          .raw()
          .toBuffer()
      ).subarray(0, 3),
    ];
    await run(await page('blue').tiff(plain).toBuffer());
    expect(await seen()).toEqual([0, 0, 255]);
    await run(pages);
    expect(await seen()).toEqual([0, 128, 128]);
    await run(pages, { TIFF_PAGES: '2' });
    expect(await seen()).toEqual([255, 0, 0]);
  });
});
