import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { runProgram } from '../../support/program.ts';

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const PAGE = new URL('../../../docs/guides/receiving.md', import.meta.url);

let home: TestFolder;
let workerd: Miniflare;
let url: string;
beforeAll(async () => {
  home = await makeFolder();
  const [, worker = ''] = /^```ts\n([\s\S]*?)^```$/m.exec(await readFile(PAGE, 'utf8')) ?? [];
  const entry = await home.write('worker.ts', worker);
  await symlink(join(inject('program'), '..'), home.path('node_modules'));
  // As wrangler bundles it without `nodejs_compat`: a module of Node.js would be an error.
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    conditions: ['workerd'],
    write: false,
  });
  workerd = new Miniflare({
    modules: true,
    script: outputFiles[0]?.text ?? '',
    bindings: { CALLBACK_SECRET: SECRET },
    kvNamespaces: ['RECEIVED'],
    port: 0,
  });
  url = `${await workerd.ready}callback`;
});
afterAll(async () => {
  await workerd.dispose();
  await home.remove();
});

const send = (args: readonly string[], secret: string | undefined = SECRET) =>
  runProgram(['callback', 'send', '--url', url, ...args], {
    env: secret ? { CALLBACK_SECRET: secret } : {},
  });

/** As far as the test uses it; the types of Workers are not installed. */
interface KeyValues {
  list(): Promise<{ readonly keys: readonly { readonly name: string }[] }>;
  get(name: string): Promise<string | null>;
}

const received = async () => {
  const kept = (await workerd.getKVNamespace('RECEIVED')) as unknown as KeyValues;
  const { keys } = await kept.list();
  return Promise.all(keys.map(async ({ name }) => JSON.parse((await kept.get(name)) ?? '')));
};

describe('the Worker of docs/guides/receiving.md, in workerd', () => {
  const error = ['--task-id', 't', '--batch-id', 'b', '--error', 'a trial'];

  it('accepts a signed callback, and counts a repeat once', async () => {
    expect(await send(error)).toMatchObject({ exitCode: 0 });
    expect(await send(error)).toMatchObject({ exitCode: 0 });
    expect(await received()).toEqual([
      { task_id: 't', batch_id: 'b', status: 'error', error: 'a trial' },
    ]);
  });

  it.each([
    ['another secret', `whsec_${Buffer.alloc(24, 8).toString('base64')}`, 'No matching signature'],
    ['no secret', '', 'Missing required headers'],
  ])('refuses a callback signed with %s', async (_, secret, reason) => {
    const { exitCode, stdout, stderr } = await send(error, secret);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('401');
    expect(stdout + stderr).toContain(`the signature is not valid: ${reason}`);
  });

  it('refuses a body that violates the contract, and says what is wrong with it', async () => {
    const body = await home.write('body.json', '{"status":"success"}');
    const { exitCode, stdout, stderr } = await send(['--data', body, '--no-validate']);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('400');
    expect(stdout + stderr).toContain('the body does not match the contract: task_id is missing');
  });
});
