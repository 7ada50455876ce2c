import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OpenPage, useBrowser } from '../../support/browser.ts';
import {
  HEBREW,
  HOSTILE,
  names,
  row,
  sortBy,
  useReport,
  useReportOfUnread,
} from '../../support/report-page.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const report = useReport(folder);
const reportOfUnread = useReportOfUnread(folder);
const browser = useBrowser();

/** The width of an image that is loaded. */
const widthOf = async (image: { decode(): Promise<void>; readonly naturalWidth: number }) => {
  await image.decode();
  return image.naturalWidth;
};

/** How much is shown of the TIFF, in percent. */
const share = async (page: Page) =>
  Number(await page.locator('.slider input[type=range]').inputValue());

describe('the page of a report', () => {
  let open: OpenPage;
  let page: Page;
  beforeAll(async () => {
    open = await browser.open(report());
    ({ page } = open);
  });
  beforeEach(() => page.reload());
  /** Reloads the page until it shows this: a busy browser stores a change some time later. */
  const reloaded = (shown: () => Promise<unknown>, expected: unknown) =>
    expect.poll(() => page.reload().then(shown), { timeout: 20_000 }).toEqual(expected);

  it('opens from the disk with failures first, then the least alike', async () => {
    expect(await names(page)).toEqual([
      ...['broken.tif', 'noise.tif', 'pages.tif', HEBREW, HOSTILE, 'green #2.tif', 'plain.tif'],
    ]);
    expect(await page.locator('th[aria-sort=ascending]').textContent()).toBe('SSIM');
  });

  it('shows the totals of the run', async () => {
    expect(await page.locator('#verdict').textContent()).toBe(
      '1 file failed. All 7 JPEGs were decoded again and compared with their TIFFs.',
    );
    expect(await page.locator('#totals').textContent()).toMatch(/Files7 .*Failed1/);
    expect(await page.locator('#warned').textContent()).toBe(
      '1 with warnings: 1 was scaled to 8 bits, or read as unsigned although signed.',
    );
    expect(await page.locator('#unread').isVisible()).toBe(false);
    expect(await page.title()).toBe('Conversion report: 7 files, 2026-01-02');
  });

  it('says where the run read and wrote, how it was started, and by what', async () => {
    const rows = await page.locator('#about tr').all();
    const cells = await Promise.all(rows.map((one) => one.locator('th, td').allTextContents()));
    const about = Object.fromEntries(cells);
    expect(about).toMatchObject({
      Started: expect.stringMatching(/^2 January 2026 at /),
      'TIFFs from': expect.stringContaining(`${folder.root}/`),
      Command: 'arke-tiff convert in --out-dir out',
      Machine: 'archive-pc: Linux',
      Versions: expect.stringMatching(/^arke-tiff\/0\.0\.0 sharp\/[\d.]+ vips\/\S+ mozjpeg\/\S+$/),
      Settings:
        'JPEG of quality 95 by mozjpeg, chroma 4:2:0, effort auto, transparent pixels on white, colours converted to sRGB, no metadata',
    });
    expect(about['JPEGs to']).toBe('5 folders');
  });

  it('says of a measured JPEG that it is within limits, and which', async () => {
    const word = page.locator('#body .limits').first();
    expect(await word.textContent()).toBe('within limits');
    expect(await word.getAttribute('title')).toMatch(/at most 0\.01 of SSIM and 2 dB of PSNR/);
    expect(await row(page, 'broken.tif').locator('.limits').count()).toBe(0);
  });

  it('sorts by a heading, and in reverse at the second click', async () => {
    await sortBy(page, 'Name');
    const sorted = await names(page);
    expect(sorted.slice(1, 3)).toEqual(['broken.tif', 'green #2.tif']);
    await sortBy(page, 'Name');
    expect(await names(page)).toEqual(sorted.toReversed());
    expect(await page.locator('th[aria-sort=descending]').textContent()).toBe('Name');
    await sortBy(page, 'SSIM');
  });

  it('filters by name, status, warning, kind, likeness and size', async () => {
    const shown = async (set: () => Promise<unknown>) => {
      await set();
      const found = await names(page);
      await page.getByRole('button', { name: 'Clear' }).click();
      await expect.poll(() => page.locator('#count').textContent()).toBe('7 files.');
      return found;
    };
    const field = (label: string) => page.getByLabel(label, { exact: true });
    expect(await shown(() => field('Name').fill('NOI'))).toEqual(['noise.tif']);
    expect(await shown(() => field('Status').selectOption('failed'))).toEqual(['broken.tif']);
    expect(await shown(() => field('Warning').selectOption('*'))).toEqual(['noise.tif']);
    expect(await shown(() => field('Kind').selectOption('Grey 8-bit none'))).toEqual([HOSTILE]);
    expect(await shown(() => field('SSIM at most').fill('0.94'))).toEqual([
      ...['noise.tif', 'pages.tif'],
    ]);
    expect(await shown(() => field('PSNR at most, dB').fill('30'))).toContain('noise.tif');
    expect(await shown(() => field('TIFF from, MB').fill('2'))).toEqual([HEBREW]);
  });

  it('shows names literally: markup as text, each in its own direction', async () => {
    expect(await page.locator('img[src=x]').count()).toBe(0);
    const direction = await page.evaluate(
      `getComputedStyle([...document.querySelectorAll('#body bdi')].find((name) => name.textContent === '${HEBREW}')).direction`,
    );
    expect(direction).toBe('rtl');
  });

  it('has thumbnails', async () => {
    const picture = page.locator('#body tr', { hasText: 'noise.tif' }).locator('img.thumbnail');
    expect(await picture.evaluate(widthOf)).toBe(88);
  });

  it('lists what failed, with the reason in words; the code is a tooltip', async () => {
    const failed = page.locator('#failures li');
    expect(await failed.allTextContents()).toEqual(['broken.tif It is damaged.']);
    expect(await failed.locator('[title]').getAttribute('title')).toBe('UNREADABLE_TIFF');
    const remarks = page.locator('#body tr', { hasText: 'noise.tif' }).locator('.warning');
    expect(await remarks.textContent()).toBe('Scaled to 8 bits');
    expect(await remarks.getAttribute('title')).toBe('SAMPLES_SCALED');
    await failed.getByRole('button', { name: 'broken.tif' }).click();
    expect(await page.locator('dialog .said').first().textContent()).toBe('It is damaged.');
  });

  it('asks for a review of a sample of the files with JPEGs, and counts it', async () => {
    const cards = page.locator('#sample li');
    expect(await cards.count()).toBe(5);
    expect(await page.locator('#sample').textContent()).not.toContain('broken.tif');
    await cards.first().getByRole('button').click();
    const dialog = page.locator('dialog');
    await dialog.getByLabel('Reviewed').check();
    await dialog.getByLabel('Note').fill('a stain');
    await page.keyboard.press('Escape');
    await cards.first().getByLabel('Looks wrong').check();
    expect(await cards.first().getByLabel('Reviewed').isChecked()).toBe(true);
    await reloaded(() => page.locator('#sample-progress').textContent(), '1 of 5 reviewed.');
    expect(await cards.first().getByLabel('Note').inputValue()).toBe('a stain');
    expect(await cards.first().getByLabel('Looks wrong').isChecked()).toBe(true);
  });

  it('saves the reviews as CSV and JSON', async () => {
    const card = page.locator('#sample li').first();
    await card.getByLabel('Note').fill('=1+1, "dark"');
    const saved = async (button: string) => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: button }).click();
      return readFile(await (await download).path(), 'utf8');
    };
    const [review] = JSON.parse(await saved('as JSON'));
    expect(review).toMatchObject({ looksWrong: true, note: '=1+1, "dark"' });
    expect(review.name).toContain('.tif');
    const lines = (await saved('Save reviews as CSV')).split('\r\n');
    expect(lines[0]).toBe('\uFEFFinput,reviewed,looks_wrong,note');
    expect(lines[1]).toMatch(/,yes,yes,"'=1\+1, ""dark"""$/);
  });

  it('keeps the reviews of two tabs', async () => {
    const other = await page.context().newPage();
    await other.goto(page.url());
    await page.locator('#sample li').nth(1).getByLabel('Note').fill('mine');
    await other.locator('#sample li').nth(2).getByLabel('Note').fill('yours');
    await other.close();
    await page.locator('#sample li').nth(3).getByLabel('Note').fill('later');
    const notes = page.locator('#sample').getByLabel('Note');
    const values = () => Promise.all([1, 2, 3].map((at) => notes.nth(at).inputValue()));
    await reloaded(values, ['mine', 'yours', 'later']);
  });

  it('says that the browser keeps no more reviews where it has no room', async () => {
    const note = page.locator('#sample li').nth(1).getByLabel('Note');
    const said = page.locator('#review-export strong');
    await page.evaluate(`(() => {
      for (let size = 2 ** 22; size >= 1; size /= 2)
        try { for (let i = 0; ; i++) localStorage.setItem(size + '-' + i, 'x'.repeat(size)); } catch {}
    })()`);
    await note.fill('a much longer note than there is room for');
    expect(await said.textContent()).toContain('save them before you close the page');
    await page.evaluate(
      `Object.keys(localStorage).forEach((key) => /^\\d/.test(key) && localStorage.removeItem(key))`,
    );
    await note.fill('mine');
    expect(await said.textContent()).toBe('');
  });

  it('compares at 100 %: TIFF and JPEG pixel for pixel, at the worst place', async () => {
    await row(page, 'noise.tif').click();
    expect(await page.locator('figcaption').textContent()).toMatch(
      /^320 × 240 pixels, where the JPEG is least like the TIFF \(320 from the left, 296 from the top\)/,
    );
    const src = async (alt: string) => (await page.getByAltText(alt).getAttribute('src')) ?? '';
    const pixels = (src: string) =>
      sharp(Buffer.from(src.slice(src.indexOf(',') + 1), 'base64'))
        .raw()
        .toBuffer();
    const region = { left: 320, top: 296, width: 320, height: 240 };
    const whole = async (name: string) => sharp(folder.path(name)).extract(region).raw().toBuffer();
    expect((await pixels(await src('The TIFF'))).equals(await whole('noise.tif'))).toBe(true);
    expect((await pixels(await src('The JPEG'))).equals(await whole('out/noise.jpg'))).toBe(true);
    const box = await page.locator('.stack').boundingBox();
    expect(box).toMatchObject({ width: 320, height: 240 });
  });

  it('enlarges a small picture until it has the room of others', async () => {
    await row(page, 'plain.tif').click();
    expect(await page.locator('.stack').boundingBox()).toMatchObject({ width: 256, height: 192 });
    expect(await page.locator('.zooms [aria-pressed=true]').textContent()).toBe('400 %');
  });

  it('moves the border by mouse and by arrow keys', async () => {
    await row(page, 'noise.tif').click();
    const { x = 0, y = 0 } = (await page.locator('.stack').boundingBox()) ?? {};
    expect(await share(page)).toBe(50);
    await page.mouse.move(x + 160, y + 100);
    await page.mouse.down();
    await page.mouse.move(x + 80, y + 100);
    await page.mouse.up();
    expect(await share(page)).toBe(25);
    await page.mouse.move(x + 300, y + 100);
    expect(await share(page)).toBe(25);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    expect(await share(page)).toBe(27);
    await page.keyboard.press('End');
    expect(await share(page)).toBe(100);
    const clip = await page.evaluate(
      `getComputedStyle(document.querySelector('.stack .after')).clipPath`,
    );
    expect(clip).toBe('inset(0px 0px 0px 100%)');
  });

  it('loads the JPEG itself when it is asked to', async () => {
    await row(page, 'noise.tif').click();
    await page.getByRole('button', { name: /^Show the whole JPEG/ }).click();
    const picture = page.getByAltText('The whole JPEG');
    expect(await picture.evaluate(widthOf)).toBe(640);
  });

  it('tells the pages of a TIFF apart', async () => {
    await row(page, 'pages.tif').click();
    expect(await page.locator('.pages tbody tr').count()).toBe(2);
  });

  it('goes from row to row by the keyboard, and opens and closes a file', async () => {
    await row(page, 'noise.tif').focus();
    const focused = () => page.locator(':focus').textContent();
    await page.keyboard.press('Home');
    expect(await focused()).toBe('broken.tif');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('noise.tif');
    await page.keyboard.press('End');
    expect(await focused()).toBe('plain.tif');
    await page.keyboard.press('Enter');
    expect(await page.locator('#detail-title').textContent()).toBe('plain.tif');
    await page.getByRole('button', { name: '← Previous' }).click();
    expect(await page.locator('#detail-title').textContent()).toBe('green #2.tif');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
  });

  it('asks no server for anything, and logs no errors', () => {
    expect(open.offences).toEqual([]);
  });

  it('can run no script but its own', async () => {
    const policy = await page.locator('meta[http-equiv]').getAttribute('content');
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-/);
  });
});

it('says first what could not be read, and never only that nothing failed', async () => {
  const { page } = await browser.open(reportOfUnread());
  const banner = page.locator('main > :first-child');
  expect(await banner.isVisible()).toBe(true);
  expect(await banner.textContent()).toMatch(
    /1 folder could not be read\..*TIFFs there were not converted/,
  );
  expect(await banner.locator('li').allTextContents()).toEqual(['in/<b>locked: No. Ask.']);
  expect(await page.locator('#verdict').textContent()).toMatch(
    /^No file failed, but 1 folder could not be read\. /,
  );
});
