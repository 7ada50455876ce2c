import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { useCollections } from '../../../support/collection-folders.ts';
import { runCollection, wordsOf } from '../../../support/collections.ts';
import { signalChild } from '../../../support/converters.ts';
import { noisyTiff, plainTiff } from '../../../support/pictures.ts';
import { childrenOf } from '../../../support/processes.ts';

const collectionOf = useCollections();
let small: Buffer;
/** Under way long enough for something to happen to it. */
let large: Buffer;
beforeAll(async () => {
  small = await plainTiff();
  large = await noisyTiff(3000);
});

/**
 * Kills the conversion process that works in the first of the temporary folders, if there is one.
 */
function killFirst(): void {
  for (const pid of childrenOf(process.pid, 'child.'))
    if (/TMPDIR=[^\0]*\/1\0/.test(environmentOf(pid))) process.kill(pid, 'SIGKILL');
}

function environmentOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}

describe('a conversion process that is killed', () => {
  it('fails only its own file', async () => {
    const smalls = Object.fromEntries([1, 2, 3, 4, 5, 6].map((n) => [`${n}.tif`, small]));
    const { inputs } = await collectionOf({ '0.tif': large, ...smalls });
    let killing: NodeJS.Timeout | undefined;
    const run = await runCollection(inputs, {
      encoder: { ...defaultEncoderSettings, effort: 'max' },
      onEvent: (event) => {
        if (!('input' in event) || event.input !== inputs[0]) return;
        // Again and again, so that no other one can take its place.
        if (event.event === 'file.started') killing = setInterval(killFirst, 1);
        if (event.event === 'file.ended') clearInterval(killing);
      },
    });
    clearInterval(killing);
    expect(wordsOf(run)).toEqual({
      ...Object.fromEntries(Object.keys(smalls).map((name) => [name, 'converted'])),
      '0.tif': 'failed',
    });
    expect(run.ends['0.tif']).toMatchObject({ error: { code: 'OUT_OF_MEMORY' } });
  });

  it('is replaced, and its file is converted with less memory, which is reported', async () => {
    const { inputs } = await collectionOf({ '0.tif': large });
    let asked = 0;
    const run = await runCollection(inputs, {
      budget: {
        // Asked for the plan of the look and for that of the conversion, and then at its first sign
        // of life.
        secondsLeft: () => {
          if (++asked === 3) signalChild('SIGKILL');
          return 1_000;
        },
      },
    });
    expect(run.events).toContainEqual({
      event: 'file.replanned',
      input: inputs[0],
      message: expect.stringContaining('was killed'),
    });
    expect(run.ends['0.tif']).toMatchObject({
      status: 'converted',
      pages: [{ effort: 'fast' }],
    });
  });
});
