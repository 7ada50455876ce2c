import { mkdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { always, type FaultOf, type Matching } from '../../support/fault.ts';
import { startFaultServer } from '../../support/fault-server.ts';
import { tiff } from '../../support/objects.ts';
import { runProgram } from '../../support/program.ts';
import { type ReportedBatch, reportedBatch, statesOf } from '../../support/reported-batches.ts';
import { useSandbox } from '../../support/tasks.ts';
import { useFolder } from '../../support/use-folder.ts';

const sandbox = useSandbox();
const folder = useFolder();
let batch: ReportedBatch;
beforeEach(() => {
  batch = reportedBatch(sandbox.current);
});

/** Reports the batch while R2 does what it is told. */
async function reportWhile(fault: FaultOf, ...flags: string[]) {
  await using r2 = await startFaultServer(sandbox.current.endpoint, fault);
  const args = ['batch', batch.prefix, '--report-to', batch.url, '--yes', ...flags];
  return await runProgram(args, { env: { ...batch.env, R2_ENDPOINT: r2.url } });
}

const isPutOf =
  (part: string): Matching =>
  ({ method, url }) =>
    method === 'PUT' && url.includes(part);
const noSuchRight = { status: 403, body: '<Error><Code>AccessDenied</Code></Error>' };

describe('the requests of a report', () => {
  it('read only listed entries of the outbox', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `${i}.tif`);
    for (const name of names) await batch.put(name, tiff);
    const seen: string[] = [];
    const watch: FaultOf = ({ method, url }) => {
      const { pathname, searchParams } = new URL(url, 'http://r2');
      const listed = searchParams.get('prefix') ?? '';
      if (listed.startsWith(batch.outbox)) seen.push('LIST');
      else if (pathname.includes(`/${batch.outbox}/`)) seen.push(method);
      return undefined;
    };
    expect((await reportWhile(watch, '--dry-run', '--json')).exitCode).toBe(0);
    expect(seen).toEqual(['LIST', 'LIST']);
    const { document } = await batch.report();
    expect(document).toMatchObject({ complete: true, summary: { converted: 20 } });
    seen.length = 0;
    const again = JSON.parse((await reportWhile(watch, '--json')).stdout);
    expect(Object.values(statesOf(batch, again))).toEqual(Array(20).fill('already_delivered'));
    expect(seen).toEqual(['LIST', 'LIST', ...Array(20).fill('GET')]);
  });
});

describe('a report whose outbox R2 refuses', () => {
  it('says that --include-unknown sends a callback that was not stored', async () => {
    await batch.put('a.tif', tiff);
    const run = await reportWhile(always(noSuchRight, isPutOf('/pending/')), '--json');
    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.stdout).callbacks).toMatchObject([
      {
        state: 'failed',
        reason: expect.stringContaining(
          'its callback may not be in the outbox: if the next run counts it as unknown, --include-unknown sends it',
        ),
      },
    ]);
    expect(statesOf(batch, (await batch.report()).document)).toEqual({ 'a.tif': 'unknown' });
    const asked = await batch.report('--include-unknown');
    expect(statesOf(batch, asked.document)).toEqual({ 'a.tif': 'delivered' });
  });

  it('says that a delivery was not marked', async () => {
    await batch.put('a.tif', tiff);
    const run = await reportWhile(always(noSuchRight, isPutOf('/delivered/')));
    expect(run.stdout).toContain('a.tif: delivered');
    expect(run.stderr).toContain('a.tif" was delivered, but it could not be marked as delivered');
  });
});

describe('a report of the conversions that cannot be written', () => {
  it('does not suppress the result of the callbacks', async () => {
    await batch.put('a.tif', tiff);
    const path = folder.path('report.html');
    const run = await reportWhile(
      (request) => {
        if (isPutOf('.jpg')(request)) mkdirSync(path, { recursive: true });
        return undefined;
      },
      '--report',
      path,
    );
    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('1 TIFF: 1 delivered');
    expect(run.stderr).toContain('report.html');
    expect(await batch.received('a.tif')).toHaveLength(1);
  });
});
