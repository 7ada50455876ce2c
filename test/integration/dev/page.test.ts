import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { type OpenPage, useBrowser } from '../../support/browser.ts';
import { useDev } from '../../support/dev.ts';
import {
  brokenTiff,
  drop,
  ended,
  logged,
  openTask,
  said,
  section,
  stateShown,
  taskRow,
  toList,
  wholeTiff,
} from '../../support/dev-page.ts';
import { plainTiff } from '../../support/pictures.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const server = useDev({ maxUploadMb: 16 });
const browser = useBrowser();

/** How much is shown of the TIFF, in percent. */
const share = async (page: Page) =>
  Number(await page.locator('.slider input[type=range]').inputValue());

describe('the page of the local orchestrator', () => {
  let open: OpenPage;
  let page: Page;
  beforeAll(async () => {
    await folder.write('scan.tif', await wholeTiff(640));
    await folder.write('broken.tif', await brokenTiff());
    await folder.write('notes.txt', 'Nothing of a TIFF.');
    open = await browser.open(server.dev.addresses.page);
    ({ page } = open);
  });

  it('says what to do while there is no task', async () => {
    await page.locator('#tasks .empty').waitFor();
    expect(await page.locator('#tasks').textContent()).toMatch(/^No task yet. Drop a TIFF above/);
    expect(await page.locator('#connection').textContent()).toBe('● live');
    expect(await page.title()).toBe('arke-tiff dev');
  });

  it('makes a task from a dropped TIFF, which succeeds', async () => {
    await drop(page, [folder.path('scan.tif')]);
    await ended(page, 'scan.tif', 'succeeded');
    const row = taskRow(page, 'scan.tif');
    expect(await row.locator('.status').textContent()).toBe('✓ succeeded');
    expect(await row.textContent()).toMatch(/download \d.*convert \d.*upload \d/);
    expect(await row.locator('.about').textContent()).toMatch(
      /^1\.2 MB → [\d.]+ kB \(\d+ % saved\) · [\d:]{8} · 1 callback$/,
    );
    await expect.poll(() => page.locator('#count').textContent()).toBe('1 task: 1 succeeded.');
    await expect.poll(() => said(page)).toEqual(['1 TIFF added.', 'scan.tif succeeded.']);
  });

  it('shows a task: its log, its TIFF, its stages and its callback', async () => {
    await openTask(page, 'scan.tif');
    expect(await page.locator(':focus').getAttribute('id')).toBe('task-title');
    expect(await page.title()).toBe('scan.tif · arke-tiff dev');
    await logged(page, '✓ Success');
    expect(await page.locator('.stages').textContent()).toMatch(/download \d.*callback \d/);
    expect(await section(page, 'TIFF').textContent()).toMatch(/640 × 640.*3 × 8 bits.*RGB/);
    const callbacks = section(page, 'Callbacks');
    expect(await callbacks.locator('summary').first().textContent()).toMatch(
      /^POST \/callback\/.*✓ answered 200$/,
    );
    const [pretty = '', raw = ''] = await callbacks.locator('pre').allTextContents();
    expect(JSON.parse(pretty)).toMatchObject({ status: 'success', output_file_name: 'scan.jpg' });
    expect(raw).toBe(JSON.stringify(JSON.parse(pretty)));
    const headers = await callbacks.locator('.headers tr').allTextContents();
    expect(headers).toContain('content-typeapplication/json');
    expect(headers.some((header) => header.startsWith('webhook-id'))).toBe(true);
  });

  it('compares TIFF and JPEG: mouse and arrow keys move the border', async () => {
    const stack = page.locator('.stack');
    await stack.waitFor();
    await stack.scrollIntoViewIfNeeded();
    const { x = 0, y = 0, width = 0 } = (await stack.boundingBox()) ?? {};
    expect(await share(page)).toBe(50);
    await page.mouse.move(x + width / 2, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width / 4, y + 20);
    await page.mouse.up();
    expect(await share(page)).toBe(25);
    await page.keyboard.press('ArrowRight');
    expect(await share(page)).toBe(26);
    await page.keyboard.press('Home');
    const clip = await page.evaluate(
      `getComputedStyle(document.querySelector('.stack .after')).clipPath`,
    );
    expect(clip).toBe('inset(0px 0px 0px 0%)');
  });

  it('enlarges them about the middle, with buttons and keys', async () => {
    const width = async () => (await page.locator('.stack').boundingBox())?.width;
    const slider = page.locator('.slider');
    await slider.getByRole('button', { name: '200 %' }).click();
    expect(await width()).toBe(1_280);
    const middle = await page.evaluate(
      `(({ scrollLeft, clientWidth }) => scrollLeft + clientWidth / 2)(document.querySelector('.view'))`,
    );
    expect(Math.abs((middle as number) - 640)).toBeLessThanOrEqual(1);
    await page.keyboard.press('-');
    expect(await width()).toBe(640);
    expect(await slider.getByRole('button', { pressed: true }).textContent()).toBe('100 %');
    await page.keyboard.press('0');
    expect(await slider.getByRole('button', { pressed: true }).textContent()).toBe('Fit');
  });

  it('shows the exact pixels of both', async () => {
    const size = (alt: string) =>
      page
        .getByAltText(alt, { exact: true })
        .evaluate(({ naturalWidth }: { readonly naturalWidth: number }) => naturalWidth);
    expect(await size('The TIFF')).toBe(640);
    expect(await size('The JPEG')).toBe(640);
    expect(await page.locator('figcaption').textContent()).toContain('each of 640 × 640 pixels');
    const saving = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Save the JPEG' }).click();
    expect((await saving).suggestedFilename()).toBe('scan.jpg');
  });

  it('replays a callback, and lists it as received', async () => {
    const callbacks = section(page, 'Callbacks');
    await callbacks.getByRole('button', { name: 'Replay' }).click();
    await callbacks.getByText('✓ Delivered. Answered 200').waitFor();
    await callbacks.locator('.tag', { hasText: 'replay' }).waitFor();
    const bodies = await callbacks.locator('details.raw pre').allTextContents();
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
    const ids = await callbacks.locator('.headers tr', { hasText: 'webhook-id' }).allTextContents();
    expect(new Set(ids).size).toBe(1);
  });

  it('runs a task again', async () => {
    await page.getByRole('button', { name: 'Run again' }).click();
    await expect.poll(() => page.locator('.callbacks > li').count()).toBe(3);
    await stateShown(page, 'succeeded');
    await logged(page, '✓ Success');
    await toList(page);
    expect(await page.locator(':focus').textContent()).toBe('scan.tif');
  });

  it('can leave a task whose pictures are still loading', async () => {
    const ofJpeg = /\/after$/;
    const gate = Promise.withResolvers<void>();
    await page.route(ofJpeg, async (route) => {
      await gate.promise;
      await route.continue();
    });
    const asked = page.waitForRequest(ofJpeg);
    const answered = page.waitForResponse(ofJpeg);
    await openTask(page, 'scan.tif');
    await asked;
    await toList(page);
    gate.resolve();
    await (await answered).finished();
    await page.unroute(ofJpeg);
  });

  it('shows a broken TIFF as failed, with what is wrong with it', async () => {
    await drop(page, [folder.path('broken.tif')]);
    await ended(page, 'broken.tif', 'failed');
    expect(await taskRow(page, 'broken.tif').locator('.error').textContent()).toMatch(
      /^Failed to convert TIFF: /,
    );
    await openTask(page, 'broken.tif');
    expect(await page.locator('#task > .said.bad').textContent()).toMatch(
      /^Failed to convert TIFF/,
    );
    await logged(page, '✗ Error: Failed to convert TIFF');
    const body = await section(page, 'Callbacks').locator('pre').first().textContent();
    expect(JSON.parse(body ?? '')).toMatchObject({ status: 'error' });
    expect(await section(page, 'TIFF and JPEG').textContent()).toContain('No JPEG was made.');
    expect(await page.locator('.stages .stage.failed').getAttribute('title')).toMatch(
      /^convert .*, failed$/,
    );
    await toList(page);
  });

  it('logs no errors, and asks no other server', () => {
    expect(open.offences).toEqual([]);
  });

  it('refuses a file that is not a TIFF, and says why', async () => {
    await drop(page, [folder.path('notes.txt')]);
    const refused = page.locator('#uploads .refused', { hasText: 'notes.txt' });
    await refused.waitFor();
    expect(await refused.locator('.why').textContent()).toMatch(/not a TIFF/);
    await expect.poll(() => said(page)).toContain('1 file refused.');
    await refused.getByRole('button', { name: 'Dismiss' }).click();
    expect(await page.locator('#uploads li').count()).toBe(0);
  });

  it('refuses a file over the limit before it is sent', async () => {
    await folder.write('large.tif', Buffer.alloc(17 * 1024 ** 2, 'II*\0'));
    await drop(page, [folder.path('large.tif')]);
    const refused = page.locator('#uploads .refused', { hasText: 'large.tif' });
    expect(await refused.locator('.why').textContent()).toMatch(/^It is larger than 16 MB/);
    await refused.getByRole('button', { name: 'Dismiss' }).click();
  });

  it('accepts the TIFFs of a folder, and says what it skipped', async () => {
    await folder.make('batch');
    await folder.make('batch/deep');
    await folder.write('batch/one.tif', await plainTiff());
    await folder.write('batch/deep/two.TIFF', await plainTiff('green'));
    await folder.write('batch/thumbs.db', 'x');
    await drop(page, [folder.path('batch')]);
    await Promise.all([ended(page, 'one.tif', 'succeeded'), ended(page, 'two.TIFF', 'succeeded')]);
    expect(await page.locator('#uploads').textContent()).toContain(
      '1 file not named .tif or .tiff skipped.',
    );
  });

  it('can run no script but its own', async () => {
    const policy = await page.locator('meta[http-equiv]').getAttribute('content');
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-/);
  });
});
