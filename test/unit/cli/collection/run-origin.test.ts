import { afterEach, expect, it } from 'vitest';
import { runOrigin } from '../../../../src/cli/collection/run-origin.ts';

const before = process.argv;
afterEach(() => {
  process.argv = before;
});

it('is the command as it was typed, without secrets, whatever they are written with', () => {
  const secret = "it's-TOPSECRET";
  process.argv = ['node', 'run.js', 'batch', 'my scans/', '--report-to', `http://x/?k=${secret}`];
  const { command } = runOrigin({ redact: (text) => text.replaceAll(secret, '***') });
  expect(command).toBe("arke-tiff batch 'my scans/' --report-to 'http://x/?k=***'");
});
