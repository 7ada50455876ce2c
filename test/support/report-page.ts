import type { Page } from 'playwright-core';
import { beforeAll } from 'vitest';
import type { FileRecord } from '../../src/lib/collection/events.ts';
import { convertInPlace } from '../../src/lib/convert/convert-in-place.ts';
import { openPictures } from '../../src/lib/report/converted-pictures.ts';
import type { ReportRun } from '../../src/lib/report/report.ts';
import { writeReport } from '../../src/lib/report/write-report.ts';
import { withWorkspace } from '../../src/lib/workspace.ts';
import type { TestFolder } from './folder.ts';
import { noisyTiff, plainTiff } from './pictures.ts';
import { alike, converted, failed, noted, pageRecord, runOf, unreadFolder } from './report-runs.ts';

type Folder = Omit<TestFolder, 'remove'>;

/** A name that is markup, if somebody takes it for that. */
export const HOSTILE = '<img src=x onerror=alert(1)></script><script>alert(2)</script>&amp;.tif';
/** A name that is read from right to left. */
export const HEBREW = 'שלום.tif';

/**
 * For the tests of a file: a report in a folder of theirs, `out/report.html`, of seven files. Gives
 * its path.
 */
export function useReport(folder: Folder): () => string {
  const report = () => folder.path('out/report.html');
  beforeAll(async () => write(report(), runOf(await makeRecords(folder))));
  return report;
}

/** The same of a run that converted one file and could not read a folder. */
export function useReportOfUnread(folder: Folder): () => string {
  const report = () => folder.path('unread.html');
  beforeAll(async () => {
    await write(report(), runOf([converted('a.tif')], [unreadFolder('in/<b>locked')]));
  });
  return report;
}

async function write(report: string, run: ReportRun): Promise<void> {
  await withWorkspace(async (workspace) => {
    const signal = new AbortController().signal;
    const pictures = await openPictures({ workspace, jobs: 2, signal });
    try {
      await writeReport(report, run, pictures);
    } finally {
      await pictures.close();
    }
  });
}

/** Three real files, and others of which there are only records. */
async function makeRecords(folder: Folder): Promise<FileRecord[]> {
  await folder.make('out');
  const real = async (name: string, tiff: Buffer, ssim: number, more = {}) => {
    const input = await folder.write(name, tiff);
    const output = folder.path(`out/${name.replace('.tif', '.jpg')}`);
    const { width, height, bytes, channels } = await convertInPlace(input, output);
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

/** The names in the table, from top to bottom. */
export const names = (page: Page) => page.locator('#body tr:not(.room) .name').allTextContents();
/** Sorts by a column. */
export const sortBy = (page: Page, label: string) =>
  page.locator('#columns').getByRole('button', { name: label }).click();
/** What opens a file. */
export const row = (page: Page, name: string) =>
  page.locator('#body').getByRole('button', { name, exact: true });
