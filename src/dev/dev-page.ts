import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { systemCodeOf } from '../lib/errors.ts';
import { packageFile } from '../lib/package-file.ts';

/** The page, and what it may do. */
export interface DevPage {
  readonly html: string;
  /** Its Content-Security-Policy. */
  readonly policy: string;
}

/** Reads the page from the build; undefined without a build. */
export async function readDevPage(
  path: string | URL = packageFile('dist/bundle/dev.html'),
): Promise<DevPage | undefined> {
  try {
    const html = await readFile(path, 'utf8');
    return { html, policy: policyOf(html) };
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Allows only the page's own script and style, and requests to its own server. */
function policyOf(html: string): string {
  const [script, style] = ['script', 'style'].map((element) => hashesIn(html, element));
  return [
    "default-src 'none'",
    `script-src ${script}`,
    `style-src ${style}`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashesIn(html: string, element: string): string {
  const texts = [...html.matchAll(new RegExp(`<${element}>([\\s\\S]*?)</${element}>`, 'g'))];
  const hashes = texts.map(([, text = '']) => createHash('sha256').update(text).digest('base64'));
  return hashes.map((hash) => `'sha256-${hash}'`).join(' ') || "'none'";
}
