import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../support/certificate.ts';
import { makeFolder, type TestFolder } from '../support/folder.ts';
import { runProgram } from '../support/program.ts';

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

/** Calls back the server under the name that its certificate is for. */
function callback(env: Record<string, string> = {}) {
  const url = `https://localhost:${(server.address() as AddressInfo).port}/callback`;
  const args = ['--url', url, '--task-id', 't', '--batch-id', 'b', '--error', 'Lost'];
  return runProgram(['callback', ...args], { cwd: folder.root, env });
}

describe('a callback by https', () => {
  it('arrives where the certificate is trusted', async () => {
    const path = await folder.write('authority.pem', certificate.cert);
    const { exitCode, stdout } = await callback({ NODE_EXTRA_CA_CERTS: path });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '200\nthank you\n' });
    expect(bodies.map((body) => JSON.parse(body))).toMatchObject([{ error: 'Lost' }]);
  });

  it('never goes to somebody whose certificate is not', async () => {
    bodies.length = 0;
    const { exitCode, stderr } = await callback();
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/self-signed certificate.* \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
    expect(bodies).toEqual([]);
  });
});
