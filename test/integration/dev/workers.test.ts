import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { installExampleWorker } from '../../../bench/example-worker.ts';
import { useDev } from '../../support/dev.ts';
import { runProgram } from '../../support/program.ts';
import { useFolder } from '../../support/use-folder.ts';

const running = useDev();
const folder = useFolder();

describe('a worker that is started by hand with the printed variables', () => {
  const done = {
    state: 'elsewhere',
    batch_id: 'test_batch',
    input_key: 'staging/test/image.tiff',
    output_key: 'staging/test/image.jpg',
    exit_code: null,
    error: null,
  };

  it('may be ours: its callback and both pictures are shown as a task elsewhere', async () => {
    const { api, dev } = running;
    const { exitCode, stdout } = await runProgram(['run'], { env: dev.variables });
    expect(stdout).toContain('✓ Success');
    expect(exitCode).toBe(0);
    await expect.poll(() => api.task('test_task_1')).toMatchObject({ ...done, callbacks: 1 });
    for (const side of ['before', 'after'])
      expect((await api.get(`/api/tasks/test_task_1/${side}`)).status).toBe(200);
    expect((await api.task('test_task_1')).facts).toMatchObject({ directories: [{ width: 1200 }] });
  });

  it('may be the contract’s example', async (test) => {
    const { api, dev } = running;
    const example = await installExampleWorker(folder.root);
    if (!example)
      return test.skip('the example worker (../shared/contract) is not on this machine');
    const { stdout } = await execa(process.execPath, [example.run], {
      env: { PATH: process.env['PATH'] ?? '', ...dev.variables, TASK_ID: 'their_task' },
      extendEnv: false,
    });
    expect(stdout).toContain('✓ Success');
    // Its address is that of the other task: the orchestrator goes by that.
    await expect
      .poll(async () => (await api.task('test_task_1')).received.at(-1)?.body)
      .toContain('their_task');
  });

  it('is set up by lines for a shell', async () => {
    const { dev } = running;
    const { stdout } = await execa('sh', ['-c', [...dev.exportLines, 'env'].join('\n')]);
    for (const [name, value] of Object.entries(dev.variables))
      expect(stdout.split('\n')).toContain(`${name}=${value}`);
    expect(Object.keys(dev.variables).sort()).toEqual(
      [
        ...['BATCH_ID', 'CALLBACK_URL', 'INPUT_R2_KEY', 'R2_ACCESS_KEY_ID', 'R2_ACCOUNT_ID'],
        ...['R2_BUCKET', 'R2_ENDPOINT', 'R2_SECRET_ACCESS_KEY', 'TASK_ID'],
      ].sort(),
    );
  });
});

describe('a task elsewhere', () => {
  const call = (batch: string, task: string, body: object) =>
    fetch(`${running.dev.addresses.orchestrator}/callback/${batch}/${encodeURIComponent(task)}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });

  it('is listed when it fails, too', async () => {
    await call('b', 'bad', { task_id: 'bad', batch_id: 'b', status: 'error', error: 'Lost' });
    expect(await running.api.task('bad')).toMatchObject({
      state: 'elsewhere',
      error: 'Lost',
      output_key: null,
      input_key: '',
    });
    expect((await running.api.get('/api/tasks/bad/before')).status).toBe(404);
    expect((await running.api.post('/api/tasks/bad/run')).status).toBe(409);
  });

  it('of another batch is listed separately', async () => {
    await call('one', 'same', { n: 1 });
    await call('two', 'same', { n: 2 });
    expect(await running.api.task('same')).toMatchObject({ batch_id: 'one', callbacks: 1 });
    expect(await running.api.task('two/same')).toMatchObject({ batch_id: 'two', callbacks: 1 });
  });
});
