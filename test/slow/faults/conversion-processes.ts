import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running, World } from './world.ts';

/** Waits for something that must come; only the test's own time-out ends the waiting otherwise. */
export async function until<T>(condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    await sleep(5);
  }
}

/** Conversion processes that work for a folder: it is all that is in their environment. None are seen but on Linux. */
export function processesOf(temporary: string): number[] {
  if (!existsSync('/proc/self/environ')) return [];
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return ids.map(Number).filter((id) => {
    try {
      const environment = readFileSync(`/proc/${id}/environ`, 'utf8').split('\0');
      return environment.some((variable) => variable.startsWith(`TMPDIR=${temporary}/`));
    } catch {
      return false;
    }
  });
}

/** CPU time that a process has used, in ticks of a hundredth of a second; 0 when it is gone. */
export function cpuTicks(id: number): number {
  try {
    // After its name in brackets: fields 14 and 15 of proc_pid_stat(5).
    const fields = readFileSync(`/proc/${id}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return 0;
  }
}

/** Sends a signal to a process that may have gone by now. */
export function signalProcess(id: number, signal: NodeJS.Signals): void {
  try {
    process.kill(id, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Sends a signal to the conversion process; what must be gone by it, is when this returns. */
export async function killConversion(world: World, signal: NodeJS.Signals): Promise<void> {
  for (const id of await until(() => nonEmpty(processesOf(world.temporary)))) {
    signalProcess(id, signal);
    if (signal === 'SIGSTOP') continue;
    // One that has been stopped takes no other signal.
    signalProcess(id, 'SIGCONT');
    await until(() => !processesOf(world.temporary).includes(id));
  }
}

/** Kills every conversion process that comes up, until the task is through. */
export async function killEveryConversion(world: Running, signal: NodeJS.Signals): Promise<void> {
  while (!world.hasEnded()) {
    for (const id of processesOf(world.temporary)) signalProcess(id, signal);
    await sleep(20);
  }
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}
