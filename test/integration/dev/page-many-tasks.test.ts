import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalDev } from '../../../src/dev/dev.ts';
import { openDevFolder } from '../../../src/dev/dev-folder.ts';
import { notRun, openTaskStore } from '../../../src/dev/task-store.ts';
import { useBrowser } from '../../support/browser.ts';
import { startTestDev } from '../../support/dev.ts';
import { toList } from '../../support/dev-page.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const browser = useBrowser();

/** Saves tasks as an earlier start has left them; the last is the newest. */
async function saveTasks(dev: string, count: number): Promise<void> {
  const { tasks, release } = await openDevFolder(dev);
  const store = openTaskStore(tasks, (error) => {
    throw error;
  });
  for (let number = 1; number <= count; number++)
    store.save({
      summary: {
        ...notRun,
        id: `task_${number}`,
        batch_id: 'dev',
        name: `scan-${number}.tif`,
        input_key: `staging/dev/task_${number}/scan-${number}.tif`,
        tiff_bytes: 1_000,
        state: 'succeeded',
        created_at: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
        callbacks: 1,
        settings: {},
      },
      log: [],
      received: [],
      facts: {},
    });
  await store.settled();
  await release();
}

describe('a list of many tasks', () => {
  let dev: LocalDev;
  let page: Page;
  beforeAll(async () => {
    await saveTasks(folder.path('dev'), 250);
    dev = await startTestDev(folder.path('dev'));
    ({ page } = await browser.open(dev.addresses.page));
    await page.locator('#tasks .task').first().waitFor();
  });
  afterAll(() => dev?.stop());

  const rows = () => page.locator('#tasks .task').count();
  const more = () => page.locator('#more');
  const focused = () => page.locator(':focus').textContent();

  it('shows the newest hundred, and counts all', async () => {
    expect(await rows()).toBe(100);
    expect(await page.locator('#tasks a').first().textContent()).toBe('scan-250.tif');
    expect(await page.locator('#count').textContent()).toBe('250 tasks: 250 succeeded.');
    expect(await more().textContent()).toBe('Show 100 more of 150 older tasks');
  });

  it('keeps the keyboard’s place when it is extended', async () => {
    await more().focus();
    await page.keyboard.press('Enter');
    expect(await rows()).toBe(200);
    expect(await focused()).toBe('scan-150.tif');
    expect(await more().textContent()).toBe('Show 50 more of 50 older tasks');
  });

  it('opens a task that has no row, and then shows its row', async () => {
    await page.evaluate("location.hash = '#/tasks/task_1'");
    await page.getByRole('heading', { level: 1, name: 'scan-1.tif' }).waitFor();
    expect(await rows()).toBe(200);
    await toList(page);
    await expect.poll(focused).toBe('scan-1.tif');
    expect(await rows()).toBe(250);
    expect(await more().isVisible()).toBe(false);
  });
});
