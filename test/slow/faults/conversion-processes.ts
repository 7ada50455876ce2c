import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { signalIfThere } from '../../support/processes.ts';
import { until } from '../../support/until.ts';
import type { Running, World } from './world.ts';

/**
 * Conversion processes that work for a folder: it is all that is in their environment. None are
 * seen but on Linux.
 */
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

/** Sends a signal to the conversion process; what must be gone by it, is when this returns. */
export async function killConversion(world: World, signal: NodeJS.Signals): Promise<void> {
  for (const id of await until(() => nonEmpty(processesOf(world.temporary)))) {
    signalIfThere(id, signal);
    if (signal === 'SIGSTOP') continue;
    // One that has been stopped takes no other signal.
    signalIfThere(id, 'SIGCONT');
    await until(() => !processesOf(world.temporary).includes(id));
  }
}

/** Kills every conversion process that comes up, until the task is through. */
export async function killEveryConversion(world: Running, signal: NodeJS.Signals): Promise<void> {
  while (!world.hasEnded()) {
    for (const id of processesOf(world.temporary)) signalIfThere(id, signal);
    await sleep(20);
  }
}

function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length > 0 ? list : undefined;
}
