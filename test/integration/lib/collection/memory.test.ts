import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { MOST_OVERTAKING } from '../../../../src/lib/collection/admission.ts';
import type { CollectionEvent } from '../../../../src/lib/collection/events.ts';
import { defaultEncoderSettings } from '../../../../src/lib/convert/encoder-settings.ts';
import { useCollections } from '../../../support/collection-folders.ts';
import { runCollection } from '../../../support/collections.ts';
import { plainTiff } from '../../../support/pictures.ts';

const MB = 1024 * 1024;
const collectionOf = useCollections();
let small: Buffer;
/** 16 megapixels, for which the plan `max` needs about 230 MB. */
let giant: Buffer;
beforeAll(async () => {
  small = await plainTiff();
  const create = { width: 4000, height: 4000, channels: 3, background: 'plum' } as const;
  giant = await sharp({ create }).tiff({ compression: 'lzw' }).toBuffer();
});

/** The most files that were under way at once. */
function mostAtOnce(events: readonly CollectionEvent[]): number {
  let [now, most] = [0, 0];
  for (const { event } of events) {
    if (event === 'file.started') most = Math.max(most, ++now);
    if (event === 'file.ended') now--;
  }
  return most;
}

const many = (count: number, content: Uint8Array) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${10 + i}.tif`, content]));

describe('memory', () => {
  it('limits how many are converted at once, below --jobs', async () => {
    const { inputs } = await collectionOf(many(5, small));
    const bounded = await runCollection(inputs, { jobs: 4, budget: { memoryBytes: 200 * MB } });
    expect(bounded.summary.converted).toBe(5);
    expect(mostAtOnce(bounded.events)).toBe(1);
    const roomy = await runCollection(inputs, {
      jobs: 4,
      force: true,
      budget: { memoryBytes: 300 * MB },
    });
    expect(mostAtOnce(roomy.events)).toBe(2);
  });

  it('is given to a giant when its turn comes; its JPEG is the same as alone', async () => {
    const smalls = many(MOST_OVERTAKING + 6, small);
    const { inputs, path } = await collectionOf({ '0.tif': small, '1.tif': giant, ...smalls });
    const limit = { budget: { memoryBytes: 300 * MB } };
    const { events, ends } = await runCollection(inputs, { jobs: 2, ...limit });
    expect(ends['1.tif']).toMatchObject({ status: 'converted', pages: [{ effort: 'max' }] });
    const started = events.flatMap((one) => (one.event === 'file.started' ? [one.input] : []));
    expect(started.indexOf(path('1.tif'))).toBeLessThanOrEqual(1 + MOST_OVERTAKING);
    const told = events.flatMap((one) =>
      one.event === 'file.started' || one.event === 'file.ended' ? [one.input] : [],
    );
    const first = told.indexOf(path('1.tif'));
    expect(told[first + 1]).toBe(path('1.tif'));
  });

  it('that is too little for one file is an error with figures, of that file only', async () => {
    const { inputs } = await collectionOf({ '1.tif': giant, '2.tif': small });
    const { ends } = await runCollection(inputs, {
      encoder: { ...defaultEncoderSettings, effort: 'max' },
      budget: { memoryBytes: 200 * MB },
    });
    expect(ends['1.tif']).toMatchObject({
      error: {
        code: 'OUT_OF_MEMORY',
        message: expect.stringMatching(/16\.0 MP need about \d+ MB, limit 200 MB/),
      },
    });
    expect(ends['2.tif']?.status).toBe('converted');
  });

  it('that is too little for the best effort makes the plan cheaper', async () => {
    const { inputs } = await collectionOf({ '1.tif': giant });
    const { ends } = await runCollection(inputs, { budget: { memoryBytes: 200 * MB } });
    expect(ends['1.tif']).toMatchObject({ status: 'converted', pages: [{ effort: 'fast' }] });
  });
});
