import type { Locator, Page } from 'playwright-core';
import { raw } from './pictures.ts';

/**
 * Milliseconds: a task starts a program, converts and calls back; on a busy machine that takes a
 * while.
 */
const PATIENCE = 300_000;

/** An uncompressed TIFF of gradients: three bytes a pixel. */
export const wholeTiff = (side: number): Promise<Buffer> =>
  raw(side, side, 3).tiff({ compression: 'none' }).toBuffer();

/** One of which the end is missing. */
export const brokenTiff = async (): Promise<Buffer> => (await wholeTiff(64)).subarray(0, 8_000);

/**
 * Drops files and folders of this disk on the page, as a mouse does: the browser makes the
 * transfer.
 */
export async function drop(page: Page, paths: readonly string[]): Promise<void> {
  // Where the page is scrolled down, its beginning is outside the window, and nothing can be
  // dropped there.
  await page.evaluate('scrollTo(0, 0)');
  const { x = 0, y = 0 } = (await page.locator('main').boundingBox()) ?? {};
  // Where the page is scrolled down, its beginning is above what is seen.
  const at = { x: Math.max(x, 0) + 20, y: Math.max(y, 0) + 20 };
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at, data });
  await session.detach();
}

/** What was said last to people who do not see the page. */
export const said = (page: Page): Promise<string[]> => page.locator('#said p').allTextContents();

/** A task in the list; of those of one name the newest. */
export const taskRow = (page: Page, name: string): Locator =>
  page.locator('#tasks .task', { has: page.getByRole('link', { name, exact: true }) }).first();

/** Waits until a task of the list has ended so. */
export const ended = (page: Page, name: string, state: 'succeeded' | 'failed'): Promise<void> =>
  taskRow(page, name).locator(`.status.${state}`).waitFor({ timeout: PATIENCE });

/** Waits until the task that is shown is in this state. */
export const stateShown = (page: Page, state: string): Promise<void> =>
  page.locator(`#task .status.${state}`).waitFor({ timeout: PATIENCE });

/** Opens a task of the list. */
export async function openTask(page: Page, name: string): Promise<void> {
  await taskRow(page, name).getByRole('link').click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
}

/** Goes back to the list. */
export const toList = (page: Page): Promise<void> =>
  page.getByRole('link', { name: '← All tasks' }).click();

/** A part of a task's page, by its heading. */
export const section = (page: Page, name: string): Locator =>
  page.getByRole('region', { name, exact: true });

/** Waits until the log has such a line. */
export const logged = (page: Page, text: string): Promise<void> =>
  page.locator('.line', { hasText: text }).first().waitFor({ timeout: PATIENCE });

/** Presses Tab until the focus is there; throws when it comes nowhere near. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  const isThere = () =>
    target.evaluate((element) => element === element.ownerDocument.activeElement);
  for (let presses = 0; presses < 60; presses++) {
    if (await isThere()) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('The focus never came there.');
}
