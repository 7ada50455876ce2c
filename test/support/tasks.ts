import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import type { ReceivedCallback } from '../../src/dev/sandbox/orchestrator.ts';
import { type Sandbox, startSandbox } from '../../src/dev/sandbox/sandbox.ts';
import { type Run, runProgram } from './program.ts';

/** A task that was run by the packed program, and what the orchestrator saw of it. */
export interface TaskRun extends Run {
  readonly taskId: string;
  readonly batchId: string;
  readonly callbacks: readonly ReceivedCallback[];
  /** The bodies that were called back, parsed. */
  readonly bodies: readonly Record<string, unknown>[];
}

/** Starts a sandbox for the tests of a file and stops it after them. */
export function useSandbox(): { readonly current: Sandbox } {
  let sandbox: Sandbox | undefined;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox?.stop());
  return {
    get current() {
      if (!sandbox)
        throw new Error('The sandbox is not running yet: use it in tests and hooks only.');
      return sandbox;
    },
  };
}

/** Ids that no other task has. */
export function newTask(): { batchId: string; taskId: string } {
  const id = randomUUID().slice(0, 8);
  return { batchId: `batch_${id}`, taskId: `batch_${id}_tiff_1` };
}

/** Runs a task on an object of the sandbox, with more or other variables where given. */
export async function runTask(
  sandbox: Sandbox,
  inputKey: string,
  env: Readonly<Record<string, string>> = {},
  { batchId, taskId } = newTask(),
): Promise<TaskRun> {
  const run = await runProgram(['run'], {
    env: { ...sandbox.environment(batchId, taskId, inputKey), ...env },
  });
  const callbacks = await sandbox.callbacks(batchId, taskId);
  const bodies = callbacks.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  return { ...run, taskId, batchId, callbacks, bodies };
}
