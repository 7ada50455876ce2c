import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReceivedCallback } from '../../../src/dev/sandbox/orchestrator.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { runProgram } from '../../support/program.ts';
import { type Scenario, scenarioObjects, scenarios } from '../../support/scenarios.ts';
import { useSandbox } from '../../support/tasks.ts';

const sandbox = useSandbox();
const BATCH = 'batch_abc';
const guide = readFileSync(new URL('../../../docs/guides/failures.md', import.meta.url), 'utf8');

/** The callback of a real run, with an ellipsis for what is different every time. */
async function callbackOf(scenario: Scenario, taskId: string): Promise<ReceivedCallback> {
  const { key = 'a/x.tif', env = {}, args = [], fault } = scenario;
  const { endpoint } = sandbox.current;
  await using r2 = await startFaultServer(endpoint, (request) =>
    typeof fault === 'function' ? fault(request) : undefined,
  );
  if (fault === 'gone') await r2[Symbol.asyncDispose]();
  const task = { ...sandbox.current.environment(BATCH, taskId, key), R2_ENDPOINT: r2.url };
  await runProgram(['run', ...args], { env: { ...task, ...env } });
  const [callback, ...more] = await sandbox.current.callbacks(BATCH, taskId);
  expect(more).toEqual([]);
  const body = (callback?.body ?? '')
    .replace(/(127\.0\.0\.1:)\d+/g, '$1…')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…')
    .replace(/(_ms":)\d+/g, '$1…')
    .replace(/(arke-tiff-)[\w-]+/g, '$1…')
    .replace(/(getaddrinfo )\w+/g, '$1…')
    .replace(/(after )[\d.]+( s )/g, '$1…$2');
  return { ...(callback as ReceivedCallback), body };
}

const errors = new Map<string, string>();
let success: ReceivedCallback;

beforeAll(async () => {
  for (const [key, bytes] of Object.entries(await scenarioObjects()))
    await sandbox.current.putObject(key, Buffer.from(bytes));
  for (const [i, scenario] of scenarios.entries()) {
    const { body } = await callbackOf(scenario, `${BATCH}_tiff_${i + 1}`);
    errors.set(scenario.what, body);
  }
  success = await callbackOf({ what: '' }, `${BATCH}_tiff_0`);
});

describe('how a task can fail', () => {
  const table = /^\| what happened \| `error` \|\n((.+\n)+)/m.exec(guide)?.[1] ?? '';
  // Those in bold are called back by nobody.
  const rows = [...table.matchAll(/^\| ([^*-].*?) \| `(.*?)`/gm)];

  it('is listed in docs/guides/failures.md, row by row', () => {
    expect(rows.map(([, what]) => what)).toEqual(scenarios.map(({ what }) => what));
  });

  it.each(rows.map(([, what = '', text = '']) => [what, text]))(
    'is called back as docs/guides/failures.md says: %s',
    (what, text) => {
      const { status, error } = JSON.parse(errors.get(what) ?? '{}');
      const parts = text.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      expect(status).toBe('error');
      expect(error).toMatch(new RegExp(`^${parts.join('.+')}$`));
    },
  );
});

describe('docs/callbacks.md', () => {
  it('shows what the orchestrator receives, to the letter', async () => {
    const { 'webhook-id': id, 'user-agent': agent } = success.headers;
    const examples = [...errors].map(([what, body]) => `${what}:\n\n\`\`\`json\n${body}\n\`\`\``);
    const page = `# The orchestrator's view

What \`arke-tiff run\` POSTs to \`CALLBACK_URL\`: one callback per task. Generated from real runs by \`npx vitest run test/integration/e2e/callbacks-page.test.ts -u\`; a test fails when the page is stale. … replaces values that differ each time.

## A success

\`\`\`http
POST ${success.path}
Content-Type: ${success.headers['content-type']}
User-Agent: ${agent?.replace(/\d+\.\d+\.\d+.*/, 'VERSION')}
webhook-id: ${id}
webhook-timestamp: …

${success.body}
\`\`\`

\`webhook-id\` is the same whenever the same outcome of the same task is sent, by any machine: a receiver that remembers it counts nothing twice. With \`CALLBACK_SECRET\` there is also a \`webhook-signature\` ([Standard Webhooks](https://www.standardwebhooks.com)).

## Errors

The headers are the same. \`error\` is one line of at most 500 characters; its last sentence says what to do.

${examples.join('\n\n')}

## Answers

| answer | what the worker does |
|---|---|
| 2xx | done |
| 408, 425, 429, 5xx, no answer within 10 s, a broken connection | retries with the same body and \`webhook-id\`, at most 5 s apart, until the task's deadline; a success until \`CALLBACK_PATIENCE_MS\` (60 s) after it. \`Retry-After\` is honoured up to 5 s, and shortens no wait |
| 500 containing \`Task not found\` or \`Batch not found\`, any other 3xx or 4xx | gives up. \`Task not found\` after an attempt whose answer was lost is reported as not confirmed, but probably accepted |

No error ever follows a success. By the deadline, the body of a callback that is not accepted is in the log, on a line of its own and with the answer, for \`arke-tiff callback replay -\`. With \`CALLBACK_OUTBOX_PREFIX\` it is also kept in the bucket until \`arke-tiff callback pending\` or a later run of the task delivers it. A replay has the identical body and \`webhook-id\`, but a new \`webhook-timestamp\` and signature.
`;
    await expect(page).toMatchFileSnapshot('../../../docs/callbacks.md');
  });
});
