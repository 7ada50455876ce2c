import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for something that must come; only the test's own time-out ends the waiting otherwise. */
export async function until<T>(condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<T>;
    await sleep(5);
  }
}
