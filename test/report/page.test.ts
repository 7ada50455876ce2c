import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FileRecord } from '../../src/lib/collection/events.ts';
import { convertTiff } from '../../src/lib/convert/convert-tiff.ts';
import { openPictures } from '../../src/lib/report/converted-pictures.ts';
import { writeReport } from '../../src/lib/report/write-report.ts';
import { withWorkspace } from '../../src/lib/workspace.ts';
import { type OpenPage, useBrowser } from '../support/browser.ts';
import { noisyTiff, plainTiff } from '../support/pictures.ts';
import { alike, converted, failed, noted, pageRecord, runOf } from '../support/report-runs.ts';
import { useFolder } from '../support/use-folder.ts';

const folder = useFolder();
const browser = useBrowser();

/** A name that is markup, if somebody takes it for that. */
const HOSTILE = '<img src=x onerror=alert(1)></script><script>alert(2)</script>&amp;.tif';
const HEBREW = 'שלום.tif';

let report: string;
beforeAll(async () => {
  const records = await makeRecords();
  report = folder.path('out/report.html');
  await withWorkspace(async (workspace) => {
    const signal = new AbortController().signal;
    const pictures = await openPictures({ workspace, jobs: 2, signal });
    try {
      await writeReport(report, runOf(records), pictures);
    } finally {
      await pictures.close();
    }
  });
});

/** Three real files, and others of which there are only records. */
async function makeRecords(): Promise<FileRecord[]> {
  await folder.make('out');
  const real = async (name: string, tiff: Buffer, ssim: number, more = {}) => {
    const input = await folder.write(name, tiff);
    const output = folder.path(`out/${name.replace('.tif', '.jpg')}`);
    const { width, height, bytes, channels } = await convertTiff(input, output);
    const worst = { x: 448, y: 384, ssim };
    const likeness = { ...alike(ssim).likeness, ssim, psnr_db: 30, worst };
    return converted(input, { output, width, height, bytes, channels, likeness, ...more });
  };
  return [
    await real('noise.tif', await noisyTiff(640), 0.91, noted('SAMPLES_SCALED')),
    await real('plain.tif', await plainTiff(), 0.99),
    await real('green #2.tif', await plainTiff('green'), 0.98),
    failed(folder.path('broken.tif')),
    converted(folder.path(HOSTILE), alike(0.97), { kind: 'Grey 8-bit none' }),
    converted(folder.path(HEBREW), alike(0.96), { source_bytes: 5_000_000 }),
    converted(
      folder.path('pages.tif'),
      {},
      {
        pages: [pageRecord(alike(0.95)), pageRecord({ page: 2, output: 'p2.jpg', ...alike(0.94) })],
      },
    ),
  ];
}

const names = (page: Page) => page.locator('#body tr:not(.room) .name').allTextContents();
const sortBy = (page: Page, label: string) =>
  page.locator('#columns').getByRole('button', { name: label }).click();
const row = (page: Page, name: string) =>
  page.locator('#body').getByRole('button', { name, exact: true });

/** What axe finds that is serious, or worse. */
async function seriousViolations(page: Page): Promise<string[]> {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core'), 'utf8');
  await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

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
    open = await browser.open(report);
    ({ page } = open);
  });
  beforeEach(() => page.reload());

  it('opens from the disk with the least likeness first, failures before it', async () => {
    expect(await names(page)).toEqual([
      ...['broken.tif', 'noise.tif', 'pages.tif', HEBREW, HOSTILE, 'green #2.tif', 'plain.tif'],
    ]);
    expect(await page.locator('th[aria-sort=ascending]').textContent()).toBe('SSIM');
  });

  it('says what the run came to', async () => {
    expect(await page.locator('#verdict').textContent()).toBe(
      '1 file failed. All 7 JPEGs were decoded again and compared with their TIFFs.',
    );
    expect(await page.locator('#totals').textContent()).toMatch(/Files7 .*Failed1/);
    expect(await page.title()).toBe('Conversion report: 7 files, 2026-01-02');
  });

  it('sorts by a heading, and the other way when it is asked again', async () => {
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

  it('shows names as what they are: markup as text, each in its own direction', async () => {
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

  it('asks for a sample to be looked at, and counts what was', async () => {
    expect(await page.locator('#sample li').count()).toBe(5);
    await page.locator('#sample').getByRole('button', { name: 'broken.tif' }).click();
    await page.getByLabel('Looked at').check();
    await page.keyboard.press('Escape');
    expect(await page.locator('#sample-progress').textContent()).toBe('1 of 5 looked at.');
    await page.keyboard.press('Escape');
    await page.reload();
    expect(await page.locator('#sample-progress').textContent()).toBe('1 of 5 looked at.');
  });

  it('compares at 100 %: TIFF and JPEG pixel for pixel, at the worst place', async () => {
    await row(page, 'noise.tif').click();
    expect(await page.locator('figcaption').textContent()).toMatch(
      /^320 × 240 pixels at 100 %, where the JPEG is least like the TIFF \(320 from the left, 296 from the top\)/,
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

  it('asks nobody for anything, and has nothing to complain of', () => {
    expect(open.offences).toEqual([]);
  });

  it('may run no script but its own', async () => {
    const policy = await page.locator('meta[http-equiv]').getAttribute('content');
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-/);
  });
});

describe('the page of files that are gone', () => {
  it('says so where there is nothing to compare, and where the JPEG is gone', async () => {
    const { page } = await browser.open(report);
    await row(page, HEBREW).click();
    expect(await page.locator('dialog .said').textContent()).toContain(
      'holds no piece of this TIFF',
    );
    await page.getByRole('button', { name: /^Show the whole JPEG/ }).click();
    await expect
      .poll(() => page.locator('.whole').textContent())
      .toContain('The JPEG is not where it was');
  });
});

describe.each(['light', 'dark'] as const)('the page on a %s screen', (colorScheme) => {
  it('has no serious barrier', async () => {
    const { page } = await browser.open(report, { colorScheme });
    expect(await seriousViolations(page)).toEqual([]);
    await row(page, 'noise.tif').click();
    expect(await seriousViolations(page)).toEqual([]);
  });
});

describe('the page of a narrow screen', () => {
  it('is no wider than that', async () => {
    const { page } = await browser.open(report, { viewport: { width: 360, height: 640 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
  });
});

describe('the printed page', () => {
  it('has all rows and a place to sign', async () => {
    const { page } = await browser.open(report);
    await page.emulateMedia({ media: 'print' });
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect((await names(page)).length).toBe(7);
    expect(await page.locator('.vouch').isVisible()).toBe(true);
    expect(await page.locator('#filters').isVisible()).toBe(false);
  });
});

describe('a report of 10 000 files', () => {
  it('opens, sorts and filters with few rows in the page at a time', async () => {
    const records = Array.from({ length: 10_000 }, (_, i) =>
      converted(`scans/${i}.tif`, alike(1 - ((i * 7_919) % 10_000) / 1e6)),
    );
    const path = folder.path('large.html');
    const nothing = async () => undefined;
    const none = { jobs: 1, thumbnail: nothing, comparison: nothing, pathOf: () => undefined };
    await writeReport(path, runOf(records), none);
    const { page, offences } = await browser.open(path);
    expect(await page.locator('#count').textContent()).toBe('10,000 files.');
    await sortBy(page, 'Name');
    expect((await names(page)).slice(0, 2)).toEqual(['0.tif', '1.tif']);
    await row(page, '0.tif').focus();
    await page.keyboard.press('End');
    await expect.poll(() => page.locator(':focus').textContent()).toBe('9999.tif');
    expect((await names(page)).length).toBeLessThan(100);
    await page.getByLabel('Name', { exact: true }).fill('123');
    expect((await names(page))[0]).toBe('123.tif');
    expect(offences).toEqual([]);
  });
});
