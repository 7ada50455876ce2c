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

  it('say what is promised then', async () => {
    const promise = await page.getByLabel('fails (503)').getAttribute('aria-describedby');
    expect(await page.locator(`#${promise}`).textContent()).toContain('the same webhook-id');
  });

  it('make the next callback fail: it is sent again, and that is all', async () => {
    await choose('The next callback', 'fails (503)');
    await page.getByRole('link', { name: 'Fault on: the next callback fails' }).waitFor();
    await drop(page, [folder.path('scan.tif')]);
    await ended(page, 'scan.tif', 'succeeded');
    expect(await page.getByLabel('is taken').isChecked()).toBe(true);
    expect(await page.locator('#armed').textContent()).toBe('');
    await openTask(page, 'scan.tif');
    await logged(page, 'Retrying callback');
    await expect
      .poll(() => answers(page))
      .toEqual(['✗ answered 503 by the fault “fails”', '✓ answered 200']);
    const bodies = await section(page, 'Callbacks').locator('.raw pre').allTextContents();
    expect(new Set(bodies).size).toBe(1);
  });

  it('make it be redirected: the JPEG is there, and the callback is replayed', async () => {
    await toList(page);
    await choose('The next callback', 'is redirected (302)');
    await openTask(page, 'scan.tif');
    await page.getByRole('button', { name: 'Run again' }).click();
    await stateShown(page, 'failed');
    await logged(page, 'Callback not delivered');
    expect((await answers(page)).at(-1)).toBe('✗ answered 302 by the fault “is redirected”');
    await page.locator('.stack').waitFor();
    await section(page, 'Callbacks').getByRole('button', { name: 'Replay' }).click();
    await section(page, 'Callbacks').getByText('✓ Delivered. Answered 200').waitFor();
  });

  it('have R2 break off: the download goes on', async () => {
    await toList(page);
    await choose('R2', 'breaks off');
    await folder.write('other.tif', await wholeTiff(1_200));
    await drop(page, [folder.path('other.tif')]);
    await ended(page, 'other.tif', 'succeeded');
    await openTask(page, 'other.tif');
    await logged(page, 'Retrying download');
    await toList(page);
    await choose('R2', 'answers as it should');
    await expect.poll(() => page.locator('#armed').textContent()).toBe('');
  });
});
