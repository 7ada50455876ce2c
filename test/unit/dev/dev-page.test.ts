import { createHash } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { readDevPage } from '../../../src/dev/dev-page.ts';
import type { PageParts } from '../../../src/dev/page-routes.ts';
import { type PageServer, startPageServer } from '../../../src/dev/page-server.ts';
import { useFolder } from '../../support/use-folder.ts';

const folder = useFolder();
let server: PageServer | undefined;
afterEach(() => server?.close());

/** A server that has nothing but this page. */
async function serve(page: PageParts['page']): Promise<Response> {
  server = await startPageServer(0);
  server.serve({ page } as PageParts);
  return fetch(server.origin);
}

const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

it('the page may run and load only its own content, and ask its own server', async () => {
  const html = '<style>p { color: red }</style><p></p><script>run();</script>';
  const answer = await serve(await readDevPage(await folder.write('page.html', html)));
  expect(await answer.text()).toBe(html);
  const policy = answer.headers.get('content-security-policy')?.split('; ');
  expect(policy).toEqual([
    "default-src 'none'",
    `script-src ${hash('run();')}`,
    `style-src ${hash('p { color: red }')}`,
    "img-src 'self' data: blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
});

it('a page that was not built is said to be missing, with how to build it', async () => {
  const answer = await serve(await readDevPage(folder.path('missing.html')));
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual({ error: expect.stringContaining('npm run build') });
});

it('before it is ready, it answers nothing', async () => {
  server = await startPageServer(0);
  expect((await fetch(server.origin)).status).toBe(503);
});
