/** The TIFFs of the scale bench, and how they come into the sandbox's R2. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';
import { makeTiffFile } from '../make-tiff.ts';

/**
 * Megapixels of one task after the other, repeated: of ten tasks five are small and two are large.
 */
const MIX = [1, 6, 1, 24, 1, 6, 1, 24, 1, 6] as const;

/** Megapixels of the task with this number. */
export function megapixelsOf(task: number): number {
  return MIX[task % MIX.length] ?? 1;
}

/** Where the TIFF of a task is, and where its JPEG is to be. */
export function keysOf(task: number): { input: string; output: string } {
  return { input: `scale/${task}.tif`, output: `scale/${task}.jpg` };
}

/**
 * Draws a TIFF of each size and stores one per task: tasks with the same key would share their
 * work.
 */
export async function storeTiffs(sandbox: Sandbox, folder: string, tasks: number): Promise<void> {
  const drawn = new Map<number, Buffer>();
  for (const megapixels of new Set(MIX)) {
    const path = join(folder, `${megapixels}.tif`);
    await makeTiffFile(path, {
      megapixels,
      kind: 'rgb',
      bits: 8,
      compression: 'lzw',
      layout: 'strips',
      orientation: 1,
    });
    drawn.set(megapixels, await readFile(path));
  }
  for (let task = 0; task < tasks; task++) {
    const tiff = drawn.get(megapixelsOf(task));
    if (tiff) await sandbox.putObject(keysOf(task).input, tiff, { contentType: 'image/tiff' });
  }
}
