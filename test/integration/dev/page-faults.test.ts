import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../../support/browser.ts';
import { useDev } from '../../support/dev.ts';
import {
  drop,
  ended,
  logged,
  openTask,
  section,
  stateShown,
  toList,
  wholeTiff,
} from '../../support/dev-page.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const server = useDev({ maxUploadMb: 16 });
const browser = useBrowser();

/** What was answered to the callbacks of the task that is shown. */
const answers = (page: Page) => page.locator('.callbacks .answer').allTextContents();

describe('faults that are switched on', () => {
  let page: Page;
  beforeAll(async () => {
    await folder.write('scan.tif', await wholeTiff(320));
    ({ page } = await browser.open(server.dev.addresses.page));
  });

  const choose = (switchOf: string, label: string) =>
    page.getByRole('group', { name: switchOf }).getByLabel(label, { exact: true }).check();

  it('show what is promised', async () => {
    const promise = await page.getByLabel('fail the next (503)').getAttribute('aria-describedby');
    expect(await page.locator(`#${promise}`).textContent()).toContain('the same webhook-id');
  });

  it('make the next callback fail: it is sent again, once', async () => {
    await choose('Callbacks', 'fail the next (503)');
    await page.getByRole('link', { name: 'Fault on: the next callback fails' }).waitFor();
    await drop(page, [folder.path('scan.tif')]);
    await ended(page, 'scan.tif', 'succeeded');
    expect(await page.getByLabel('accept (200)').isChecked()).toBe(true);
    expect(await page.locator('#armed').textContent()).toBe('');
    await openTask(page, 'scan.tif');
    await logged(page, 'Retrying callback');
    await expect
      .poll(() => answers(page))
      .toEqual(['✗ answered 503 by the fault “fail the next (503)”', '✓ answered 200']);
    const bodies = await section(page, 'Callbacks').locator('.raw pre').allTextContents();
    expect(new Set(bodies).size).toBe(1);
  });

  it('redirect the callback: the JPEG is there, and the callback can be replayed', async () => {
    await toList(page);
    await choose('Callbacks', 'redirect the next (302)');
    await openTask(page, 'scan.tif');
    await page.getByRole('button', { name: 'Run again' }).click();
    await stateShown(page, 'failed');
    await logged(page, 'Callback not delivered');
    expect((await answers(page)).at(-1)).toBe(
      '✗ answered 302 by the fault “redirect the next (302)”',
    );
    await page.locator('.stack').waitFor();
    await section(page, 'Callbacks').getByRole('button', { name: 'Replay' }).click();
    await section(page, 'Callbacks').getByText('✓ Delivered. Answered 200').waitFor();
  });

  it('lose an answer: the identical callback is sent again', async () => {
    await toList(page);
    await choose('Callbacks', 'lose the next answer');
    await page.getByRole('link', { name: 'Fault on: the answer to the next callback' }).waitFor();
    await folder.write('lost.tif', await wholeTiff(320));
    await drop(page, [folder.path('lost.tif')]);
    await ended(page, 'lost.tif', 'succeeded');
    await openTask(page, 'lost.tif');
    await expect
      .poll(() => answers(page))
      .toEqual(['✗ not answered by the fault “lose the next answer”', '✓ answered 200']);
    const callbacks = section(page, 'Callbacks');
    await callbacks.getByText('For the orchestrator the task is completed.').waitFor();
  });

  it('make R2 refuse writes: the callback is an error', async () => {
    await toList(page);
    await choose('R2', 'refuse writes (403)');
    await page.getByRole('link', { name: 'Fault on: R2 refuses writes (403)' }).waitFor();
    await folder.write('unwritten.tif', await wholeTiff(320));
    await drop(page, [folder.path('unwritten.tif')]);
    await ended(page, 'unwritten.tif', 'failed');
    await openTask(page, 'unwritten.tif');
    const body = section(page, 'Callbacks').locator('.raw pre').first();
    await expect.poll(() => body.textContent()).toContain('Failed to upload JPEG: 403 Forbidden');
  });

  it('answer "task not found" while they are on: nothing is sent again', async () => {
    await toList(page);
    await choose('R2', 'normal');
    await choose('Callbacks', 'task not found (500)');
    await folder.write('gone.tif', await wholeTiff(320));
    await drop(page, [folder.path('gone.tif')]);
    await ended(page, 'gone.tif', 'failed');
    await openTask(page, 'gone.tif');
    await expect
      .poll(() => answers(page))
      .toEqual(['✗ answered 500 by the fault “task not found (500)”']);
    await toList(page);
    await choose('Callbacks', 'accept (200)');
    await expect.poll(() => page.locator('#armed').textContent()).toBe('');
  });

  it('make R2 break off: the download resumes', async () => {
    await choose('R2', 'drop the connection');
    await folder.write('other.tif', await wholeTiff(1_200));
    await drop(page, [folder.path('other.tif')]);
    await ended(page, 'other.tif', 'succeeded');
    await openTask(page, 'other.tif');
    await logged(page, 'Retrying download');
    await toList(page);
    await choose('R2', 'normal');
    await expect.poll(() => page.locator('#armed').textContent()).toBe('');
  });
});
