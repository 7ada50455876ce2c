import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

/** Debian's. It shall ask nobody for anything of its own accord. */
const EXECUTABLE = '/usr/bin/chromium';
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

/** A page in a real browser, and what it did that no page of ours may do. */
export interface OpenPage {
  readonly page: Page;
  /**
   * Errors and warnings on the console, errors that nobody caught, and requests for what is neither
   * a file nor of the page's own server.
   */
  readonly offences: readonly string[];
}

/** How a page is opened. */
export interface ViewOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
}

/**
 * For the tests of a file: a browser that opens files from the disk and addresses, each with a
 * profile of its own, and is closed after the tests.
 */
export function useBrowser(): { open(address: string, options?: ViewOptions): Promise<OpenPage> } {
  let profiles = '';
  const closers: (() => Promise<void>)[] = [];
  beforeAll(async () => {
    profiles = await mkdtemp(join(tmpdir(), 'arke-tiff-browser-'));
  });
  afterAll(async () => {
    for (const close of closers) await close();
    await rm(profiles, { recursive: true, force: true, maxRetries: 3 });
  });
  return {
    open: async (address, options = {}) => {
      const url = address.startsWith('http:') ? new URL(address) : pathToFileURL(address);
      const own = url.protocol === 'file:' ? ['file:'] : [url.origin, 'blob:'];
      const context = await chromium.launchPersistentContext(await mkdtemp(join(profiles, 'p-')), {
        executablePath: EXECUTABLE,
        args: FLAGS,
        ...options,
      });
      closers.push(() => context.close());
      const page = await context.newPage();
      const offences: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) offences.push(message.text());
      });
      page.on('pageerror', (error) => offences.push(String(error)));
      page.on('request', (request) => {
        if (![...own, 'data:'].some((start) => request.url().startsWith(start)))
          offences.push(`asked for ${request.url()}`);
      });
      await page.goto(url.href);
      return { page, offences };
    },
  };
}
