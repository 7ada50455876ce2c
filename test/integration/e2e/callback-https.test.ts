import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../support/certificate.ts';
import { makeFolder, type TestFolder } from '../../support/folder.ts';
import { runProgram } from '../../support/program.ts';
import { soonGivenUp, withPatience } from '../../support/task-patience.ts';
import { runTask, useSandbox } from '../../support/tasks.ts';

const certificate = selfSignedCertificate();
const bodies: string[] = [];
const server = createServer(certificate, async (request, answer) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  bodies.push(body);
  answer.end('thank you');
});

let folder: TestFolder;
beforeAll(async () => {
  folder = await makeFolder();
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await folder.remove();
});

/** The server, under the name that its certificate is for. */
const address = () => `https://localhost:${(server.address() as AddressInfo).port}/callback`;

function callback(env: Record<string, string> = {}) {
  const args = ['--url', address(), '--task-id', 't', '--batch-id', 'b', '--error', 'Lost'];
  return runProgram(['callback', ...args], { cwd: folder.root, env });
}

describe('a callback by https', () => {
  it('arrives where the certificate is trusted', async () => {
    const path = await folder.write('authority.pem', certificate.cert);
    const { exitCode, stdout } = await callback({ NODE_EXTRA_CA_CERTS: path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '200\nthank you\n' });
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([{ error: 'Lost' }]);
  });

  it('is never sent when the certificate is not trusted', async () => {
    bodies.length = 0;
    const { exitCode, stderr } = await callback();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/self-signed certificate.* \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    expect(bodies).toEqual([]);
  });
});

describe("a task's callback by https", () => {
  const sandbox = useSandbox();

  /** Runs a task that reports to the server. */
  async function task(env: Record<string, string> = {}) {
    bodies.length = 0;
    const pixels = { width: 8, height: 8, channels: 3, background: 'teal' } as const;
    await sandbox.current.putObject('a.tif', await sharp({ create: pixels }).tiff().toBuffer());
    return runTask(sandbox.current, 'a.tif', { CALLBACK_URL: address(), ...env });
  }

  it('uses the connection that was opened for it', async () => {
    const path = await folder.write('authority.pem', certificate.cert);
    let connections = 0;
    server.on('secureConnection', () => connections++);
    const { exitCode } = await task({ NODE_EXTRA_CA_CERTS: path });
    expect(exitCode).toBe(0);
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([{ status: 'success' }]);
    expect(connections).toBe(1);
  });

  it('is never sent when the certificate is not trusted', async () => {
    const { exitCode, stdout } = await task(withPatience(soonGivenUp));
    expect(exitCode).toBe(1);
    expect(stdout).toContain('self-signed certificate');
    expect(bodies).toEqual([]);
  });
});
