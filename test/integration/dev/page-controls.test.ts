import { execa } from 'execa';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBrowser } from '../../support/browser.ts';
import { useDev } from '../../support/dev.ts';
import {
  brokenTiff,
  drop,
  ended,
  openTask,
  said,
  section,
  taskRow,
  toList,
  wholeTiff,
} from '../../support/dev-page.ts';
import { plainTiff } from '../../support/pictures.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
const server = useDev({ maxUploadMb: 16 });
const browser = useBrowser();

describe('the controls of the page', () => {
  let page: Page;
  beforeAll(async () => {
    await folder.write('scan.tif', await plainTiff());
    await folder.write('broken.tif', await brokenTiff());
    ({ page } = await browser.open(server.dev.addresses.page));
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  const settings = () => page.locator('#settings summary').textContent();
  const setting = (name: string) => page.getByLabel(name, { exact: true });
  const rows = () => page.locator('#tasks .task').count();
  const copied = () => page.evaluate('navigator.clipboard.readText()') as Promise<string>;
  const answer = (button: string) =>
    page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click();

  it('choose settings for dropped TIFFs, which the browser remembers', async () => {
    await expect.poll(settings).toBe('Settings: defaults');
    await page.locator('#settings summary').click();
    await setting('JPEG_QUALITY').fill('40');
    await setting('JPEG_EFFORT').selectOption('fast');
    await setting('JPEG_EFFORT').blur();
    await expect.poll(settings).toBe('Settings: JPEG_QUALITY 40, JPEG_EFFORT fast');
    await page.reload();
    await expect.poll(settings).toBe('Settings: JPEG_QUALITY 40, JPEG_EFFORT fast');
    await drop(page, [folder.path('scan.tif')]);
    await ended(page, 'scan.tif', 'succeeded');
    const [task] = (await server.api.state()).tasks;
    expect(task?.settings).toEqual({ JPEG_QUALITY: '40', JPEG_EFFORT: 'fast' });
    const jpeg = await server.dev.bucket.getObject(task?.output_key ?? '');
    expect(jpeg?.metadata['arke-encoder']).toMatch(/40.*fast|fast.*40/);
  });

  it('answer a wrong setting in the words of the program, and refuse TIFFs with it', async () => {
    await page.locator('#settings summary').click();
    await setting('JPEG_QUALITY').fill('400');
    await setting('JPEG_QUALITY').blur();
    const words = 'Invalid settings: JPEG_QUALITY must be a whole number from 1 to 100';
    await page.locator('#settings').getByText(words).waitFor();
    await drop(page, [folder.path('broken.tif')]);
    const refused = page.locator('#uploads .refused', { hasText: 'broken.tif' });
    expect(await refused.locator('.why').textContent()).toBe(words);
    await refused.getByRole('button', { name: 'Dismiss' }).click();
    await page.getByRole('button', { name: 'Use the defaults' }).click();
    await expect.poll(settings).toBe('Settings: defaults');
    await expect.poll(() => page.locator('#settings .problem').textContent()).toBe('');
  });

  it('filter the list by text and state', async () => {
    await drop(page, [folder.path('broken.tif')]);
    await ended(page, 'broken.tif', 'failed');
    await page.getByLabel('Filter tasks').fill('scan');
    expect(await rows()).toBe(1);
    expect(await page.locator('#count').textContent()).toBe('1 of 2 tasks: 1 succeeded.');
    await page.getByLabel('State', { exact: true }).selectOption('failed');
    expect(await page.locator('#tasks').textContent()).toBe('No task matches.');
    await page.getByLabel('Filter tasks').fill('');
    await taskRow(page, 'broken.tif').waitFor();
    expect(await rows()).toBe(1);
    await page.getByLabel('State', { exact: true }).selectOption('');
    expect(await rows()).toBe(2);
  });

  it('copy the variables with their secrets, only after a question', async () => {
    await page.evaluate("navigator.clipboard.writeText('before')");
    const copy = page.getByRole('button', { name: 'Copy for a shell …' });
    await copy.click();
    expect(await page.getByRole('dialog').textContent()).toContain('the secret access key');
    await answer('Cancel');
    expect(await copied()).toBe('before');
    expect(await page.content()).not.toContain(server.dev.variables['R2_SECRET_ACCESS_KEY']);
    await copy.click();
    await answer('Copy');
    await expect.poll(copied).toBe(server.dev.exportLines.join('\n'));
    await expect.poll(() => said(page)).toContain('Copied.');
    expect(await page.content()).not.toContain(server.dev.variables['R2_SECRET_ACCESS_KEY']);
  });

  it('copy a command, whose secrets are in a file', async () => {
    const command = page.getByLabel('Faults and environment').getByText('arke-tiff run --env-file');
    await page.getByRole('button', { name: 'Copy the command' }).click();
    await expect.poll(copied).toBe(await command.textContent());
    expect(await copied()).toBe(`arke-tiff run --env-file ${server.folder}/worker.env`);
  });

  it('copy a callback as a line of curl, which sends it again', async () => {
    await openTask(page, 'scan.tif');
    const callbacks = section(page, 'Callbacks');
    await callbacks.getByRole('button', { name: 'Copy as curl' }).click();
    await expect.poll(copied).toMatch(/^curl -i -X POST /);
    const { stdout } = await execa('sh', ['-c', await copied()]);
    expect(stdout).toMatch(/^HTTP\/1.1 200 OK/);
    await expect.poll(() => page.locator('.callbacks > li').count()).toBe(2);
    const bodies = await callbacks.locator('.raw pre').allTextContents();
    expect(new Set(bodies).size).toBe(1);
    await toList(page);
  });

  it('delete a task after a question, and leave its objects in R2', async () => {
    const [task] = (await server.api.state()).tasks.filter(({ name }) => name === 'scan.tif');
    await openTask(page, 'scan.tif');
    await page.getByRole('button', { name: 'Delete …' }).click();
    await answer('Cancel');
    await page.getByRole('heading', { level: 1, name: 'scan.tif' }).waitFor();
    await page.getByRole('button', { name: 'Delete …' }).click();
    await answer('Delete');
    await expect.poll(rows).toBe(1);
    expect(await page.locator(':focus').textContent()).toBe('Tasks');
    expect((await server.api.get(`/api/tasks/${task?.id}`)).status).toBe(404);
    const left = await server.dev.bucket.listKeys(`staging/dev/${task?.id}/`);
    expect(left.sort()).toEqual([task?.output_key, task?.input_key].sort());
  });

  it('say that an address names no task, and lead to the list', async () => {
    await page.evaluate("location.hash = '#/tasks/task_99'");
    await page.getByRole('heading', { level: 1, name: 'There is no task task_99' }).waitFor();
    expect(await page.locator('#task').textContent()).toContain('another --folder');
    await toList(page);
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
  });

  it('delete all tasks that have ended, and none that runs', async () => {
    await page.getByLabel('slow (200 kB/s)').check();
    await page.getByRole('link', { name: 'Fault on: R2 is slow' }).waitFor();
    await folder.write('slow.tif', await wholeTiff(1_000));
    await drop(page, [folder.path('slow.tif')]);
    await taskRow(page, 'slow.tif').locator('.status.running').waitFor();
    await page.getByRole('button', { name: 'Delete ended tasks …' }).click();
    expect(await page.getByRole('dialog').textContent()).toContain('Delete 1 ended task,');
    await answer('Delete');
    await expect.poll(() => said(page)).toContain('1 task deleted.');
    await ended(page, 'slow.tif', 'succeeded');
    expect(await rows()).toBe(1);
    await page.getByRole('button', { name: 'Delete ended tasks …' }).click();
    await answer('Delete');
    await page.locator('#tasks .empty').waitFor();
    expect((await server.api.state()).tasks).toEqual([]);
  });
});
