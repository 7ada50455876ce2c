import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { curlOf } from '../../../../src/dev/page/curl.ts';

/** What curl gets from a line in a shell. */
function argumentsOf(line: string): string[] {
  const script = `curl() { printf '%s\\0' "$@"; cat; }\n${line} < /dev/null`;
  return execFileSync('sh', ['-c', script]).toString().split('\0').slice(0, -1);
}

const headers = {
  'content-type': 'application/json',
  'webhook-signature': "v1,it's+base64/==",
  host: '127.0.0.1:8787',
  'content-length': '12',
};

describe('a callback as a line of curl', () => {
  it('sends method, headers, signature and body as they were, to the orchestrator', () => {
    const body = `{"error":"it's $HOME, \`id\` and \\n @file %s"}`;
    const line = curlOf({ path: '/callback/b/t?x=1&y=2', headers, body }, 'http://127.0.0.1:8787');
    expect(argumentsOf(line)).toEqual([
      ...['-i', '-X', 'POST', '-H', 'content-type: application/json'],
      ...['-H', "webhook-signature: v1,it's+base64/==", '--data-raw', body],
      'http://127.0.0.1:8787/callback/b/t?x=1&y=2',
    ]);
  });

  it('has no patterns in its address', () => {
    const line = curlOf({ path: '/callback/b/t[1-9]{a,b}', headers: {}, body: '' }, 'http://x');
    expect(argumentsOf(line).at(-1)).toBe('http://x/callback/b/t%5B1-9%5D%7Ba,b%7D');
  });
});
