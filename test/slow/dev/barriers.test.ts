import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { seriousViolations } from '../../support/barriers.ts';
import { useBrowser } from '../../support/browser.ts';
import { startTestDev, useDev } from '../../support/dev.ts';
import {
  brokenTiff,
  drop,
  ended,
  logged,
  openTask,
  section,
  tabTo,
  taskRow,
  wholeTiff,
} from '../../support/dev-page.ts';
import { plainTiff } from '../../support/pictures.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const server = useDev({ maxUploadMb: 16 });
const browser = useBrowser();

/** The shown task, with its picture. */
const withPicture = (page: Page) => page.locator('.stack').waitFor();

describe('the page by the keyboard alone', () => {
  let page: Page;
  beforeAll(async () => {
    await folder.write('scan.tif', await wholeTiff(640));
    ({ page } = await browser.open(server.dev.addresses.page));
    // Or the browser itself would answer the first question for a file.
    page.on('filechooser', () => {});
    await page.locator('#tasks .empty').waitFor();
  });

  it('accepts a file', async () => {
    await tabTo(page, page.locator('#choose-files'));
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.keyboard.press('Enter'),
    ]);
    await chooser.setFiles(folder.path('scan.tif'));
    await ended(page, 'scan.tif', 'succeeded');
  });

  it('accepts a folder', async () => {
    await folder.make('more');
    await folder.write('more/teal.tif', await plainTiff());
    await tabTo(page, page.locator('#choose-folder'));
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.keyboard.press('Enter'),
    ]);
    await chooser.setFiles(folder.path('more'));
    await ended(page, 'teal.tif', 'succeeded');
  });

  it('switches a fault on and off', async () => {
    const none = page.getByLabel('normal', { exact: true });
    await tabTo(page, none);
    await page.keyboard.press('ArrowDown');
    await page.getByRole('link', { name: 'Fault on: R2 is slow' }).waitFor();
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => page.locator('#armed').textContent()).toBe('');
    expect(await none.isChecked()).toBe(true);
  });

  it('opens a task, compares, replays and runs it again', async () => {
    await page.reload();
    await tabTo(page, taskRow(page, 'scan.tif').getByRole('link'));
    await page.keyboard.press('Enter');
    await withPicture(page);
    expect(await page.locator(':focus').getAttribute('id')).toBe('task-title');
    const again = page.getByRole('button', { name: 'Run again' });
    await tabTo(page, again);
    const range = page.getByLabel('Share of the TIFF, from the left');
    await tabTo(page, range);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('+');
    expect(await range.inputValue()).toBe('49');
    expect(await page.getByRole('button', { pressed: true }).textContent()).toBe('100 %');
    await tabTo(page, section(page, 'Callbacks').getByRole('button', { name: 'Replay' }));
    await page.keyboard.press('Enter');
    await section(page, 'Callbacks').getByText('✓ Delivered.').waitFor();
    await again.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.callbacks > li').count()).toBe(3);
    expect(await page.locator(':focus').textContent()).toBe('Run again');
  });

  it('comes back to the task in the list', async () => {
    await page.getByRole('link', { name: '← All tasks' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator(':focus').textContent()).toBe('scan.tif');
  });
});

describe.each(['light', 'dark'] as const)('the page on a %s screen', (colorScheme) => {
  it('has no serious accessibility problem, nor has a task’s', async () => {
    await folder.write('broken.tif', await brokenTiff());
    const { page } = await browser.open(server.dev.addresses.page, { colorScheme });
    await ended(page, 'scan.tif', 'succeeded');
    await drop(page, [folder.path('broken.tif')]);
    await ended(page, 'broken.tif', 'failed');
    await page.getByLabel('never answer the next').check();
    await page.locator('#armed a').waitFor();
    await page.locator('#settings summary').click();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Copy for a shell …' }).click();
    expect(await page.locator(':focus').textContent()).toBe('Cancel');
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.locator(':focus').textContent()).toBe('Copy for a shell …');
    await page.getByLabel('accept (200)').check();
    await openTask(page, 'scan.tif');
    await withPicture(page);
    const closed = page.locator('details:not([open]) > summary:visible').first();
    while ((await closed.count()) > 0) await closed.click();
    await page.getByRole('button', { name: '200 %' }).click();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('has none for a task that failed, nor for one that nobody knows', async () => {
    const { page } = await browser.open(server.dev.addresses.page, { colorScheme });
    await openTask(page, 'broken.tif');
    await logged(page, '✗ Error');
    expect(await seriousViolations(page)).toEqual([]);
    await page.goto(`${server.dev.addresses.page}#/tasks/nobody-knows`);
    await page.getByText('There is no task nobody-knows').first().waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('the page of a narrow screen', () => {
  it('is no wider than the screen, nor is a task’s', async () => {
    const { page } = await browser.open(server.dev.addresses.page, {
      viewport: { width: 360, height: 640 },
    });
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    await ended(page, 'scan.tif', 'succeeded');
    expect(await width()).toBe(360);
    await page.locator('#settings summary').click();
    expect(await width()).toBe(360);
    await openTask(page, 'scan.tif');
    await withPicture(page);
    expect(await width()).toBe(360);
    await page.getByRole('button', { name: '200 %' }).click();
    expect(await width()).toBe(360);
  });

  it('keeps the newest line of a log in sight, until somebody scrolls up', async () => {
    const { page } = await browser.open(server.dev.addresses.page, {
      viewport: { width: 360, height: 640 },
    });
    await openTask(page, 'teal.tif');
    await logged(page, '✓ Success');
    const log = page.getByRole('log');
    const left = () => log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    await expect.poll(left).toBeLessThan(12);
    await log.evaluate((box) => box.scrollTo(0, 0));
    const jump = page.getByRole('button', { name: '↓ Newest line' });
    await jump.waitFor();
    await jump.click();
    await expect.poll(left).toBeLessThan(12);
    expect(await jump.isVisible()).toBe(false);
  });
});

describe('the page when the server is gone', () => {
  const connection = (page: Page) => page.locator('#connection').textContent();

  it('says so', async () => {
    const other = await startTestDev(folder.path('other'));
    const { page } = await browser.open(other.addresses.page);
    await expect.poll(() => connection(page)).toBe('● live');
    await other.stop();
    await expect.poll(() => connection(page)).toBe('Connection lost. Trying again …');
    await page.getByLabel('fail the next (503)').click();
    const problem = page.getByRole('alert').first();
    await expect.poll(() => problem.textContent()).toMatch(/^No answer/);
    expect(await page.getByLabel('accept (200)').isChecked()).toBe(true);
  });

  it('continues when it is back', async () => {
    const { page } = await browser.open(server.dev.addresses.page);
    await page.route('**/api/events', (route) => route.fulfill({ status: 503 }));
    await page.reload();
    await expect.poll(() => connection(page)).toBe('Connection lost. Trying again …');
    await page.unroute('**/api/events');
    await expect.poll(() => connection(page)).toBe('● live');
    await ended(page, 'scan.tif', 'succeeded');
  });
});
