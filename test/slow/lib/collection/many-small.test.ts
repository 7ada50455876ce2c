import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { roomFor } from '../../../../src/lib/collection/converters.ts';
import { runCollection } from '../../../support/collections.ts';
import { plainTiff } from '../../../support/pictures.ts';
import { childrenOf } from '../../../support/processes.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

/** Resident memory of a process in bytes; none when it is gone. */
function residentOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

describe('conversion processes of thousands of small TIFFs', () => {
  // One that is never replaced held 163 MB after 2 757 of them, and 205 MB after 6 000.
  it('together never hold more than what was admitted, and are seldom replaced', async () => {
    const tiff = await plainTiff();
    const inputs: string[] = [];
    for (let i = 0; i < 3_000; i++) inputs.push(await folder.write(`${i}.tif`, tiff));
    const seen = new Set<number>();
    let most = 0;
    let ended = 0;
    const { summary } = await runCollection(inputs, {
      jobs: 1,
      keepRecord: false,
      onEvent: ({ event }) => {
        if (event !== 'file.ended' || ++ended % 10 > 0) return;
        const children = childrenOf(process.pid, 'child.');
        for (const child of children) seen.add(child);
        most = Math.max(
          most,
          children.map(residentOf).reduce((sum, one) => sum + one, 0),
        );
      },
    });
    expect(summary.converted).toBe(inputs.length);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(roomFor(0));
    expect(seen.size).toBeLessThan(inputs.length / 100);
  }, 600_000);
});
