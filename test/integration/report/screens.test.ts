import { describe, expect, it } from 'vitest';
import { noPictures } from '../../../src/lib/report/picture-source.ts';
import { writeReport } from '../../../src/lib/report/write-report.ts';
import { seriousViolations } from '../../support/barriers.ts';
import { useBrowser } from '../../support/browser.ts';
import {
  HEBREW,
  names,
  row,
  sortBy,
  useReport,
  useReportOfUnread,
} from '../../support/report-page.ts';
import { alike, converted, runOf } from '../../support/report-runs.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const report = useReport(folder);
const reportOfUnread = useReportOfUnread(folder);
const browser = useBrowser();

describe('the page of files that are gone', () => {
  it('says so if there is nothing to compare, and if the JPEG is gone', async () => {
    const { page } = await browser.open(report());
    await row(page, HEBREW).click();
    expect(await page.locator('dialog .said').textContent()).toContain(
      'holds no piece of this TIFF',
    );
    await page.getByRole('button', { name: /^Show the whole JPEG/ }).click();
    await expect
      .poll(() => page.locator('.whole').textContent())
      .toContain('The JPEG is no longer where it was');
  });
});

describe.each(['light', 'dark'] as const)('the page on a %s screen', (colorScheme) => {
  it('has no serious accessibility problem, nor has any file of it', async () => {
    const { page } = await browser.open(report(), { colorScheme });
    await page.locator('#sample').getByLabel('Looks wrong').first().check();
    expect(await seriousViolations(page)).toEqual([]);
    for (const name of await names(page)) {
      await row(page, name).click();
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('Escape');
    }
    await row(page, 'noise.tif').click();
    await page.getByRole('button', { name: /^Show the whole JPEG/ }).click();
    await page.getByText('The JPEG itself, at 100 %').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('has none where a folder could not be read', async () => {
    const { page } = await browser.open(reportOfUnread(), { colorScheme });
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('the page of a narrow screen', () => {
  it('is no wider than the screen, without a serious accessibility problem', async () => {
    const { page } = await browser.open(report(), { viewport: { width: 360, height: 640 } });
    expect(await seriousViolations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await row(page, 'noise.tif').click();
    const tops = await page
      .locator('.steps button')
      .evaluateAll((buttons: readonly { readonly offsetTop: number }[]) =>
        buttons.map(({ offsetTop }) => offsetTop),
      );
    expect(new Set(tops).size).toBe(1);
  });
});

describe('the printed page', () => {
  it('has all rows and a place to sign', async () => {
    const { page } = await browser.open(report());
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect((await names(page)).length).toBe(7);
    expect(await page.locator('.vouch').isVisible()).toBe(true);
    expect(await page.locator('#sample .why').allTextContents()).toHaveLength(5);
    expect(await page.locator('#filters').isVisible()).toBe(false);
    expect(await page.locator('#printed').textContent()).toBe('');
    const left = async (place: string) => (await page.locator(place).first().boundingBox())?.x ?? 0;
    expect(await left('#failures-list .name')).toBeGreaterThanOrEqual(await left('main'));
  });
});

describe('a report of 50 000 files', () => {
  it('opens, sorts and filters with few rows in the page at a time', async () => {
    const records = Array.from({ length: 50_000 }, (_, i) =>
      converted(`scans/${i}.tif`, alike(1 - ((i * 7_919) % 50_000) / 5e6)),
    );
    const path = folder.path('large.html');
    const none = { ...noPictures, pathOf: () => undefined };
    await writeReport(path, runOf(records), none);
    const { page, offences } = await browser.open(path);
    expect(await page.locator('#count').textContent()).toBe('50,000 files.');
    await sortBy(page, 'Name');
    expect((await names(page)).slice(0, 2)).toEqual(['0.tif', '1.tif']);
    await row(page, '0.tif').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator(':focus').textContent()).toBe('49999.tif');
    expect((await names(page)).length).toBeLessThan(100);
    await page.getByLabel('Name', { exact: true }).fill('123');
    expect((await names(page))[0]).toBe('123.tif');
    await page.getByLabel('Name', { exact: true }).fill('');
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect(await page.locator('#printed').textContent()).toMatch(/^Only the first 1,000 of 50,000/);
    expect(offences).toEqual([]);
  });
});
