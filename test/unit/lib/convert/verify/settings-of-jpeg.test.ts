import { describe, expect, it } from 'vitest';
import type { JpegFacts } from '../../../../../src/lib/convert/verify/jpeg-facts.ts';
import { readJpegFacts } from '../../../../../src/lib/convert/verify/jpeg-facts.ts';
import { codingOf, likelyQuality } from '../../../../../src/lib/convert/verify/settings-of-jpeg.ts';
import { raw } from '../../../../support/pictures.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const headOf = async (jpeg: Buffer): Promise<JpegFacts> => {
  const head = await readJpegFacts(await folder.write('head.jpg', jpeg));
  if (!head) throw new Error('It has no head.');
  return head;
};
const picture = () => raw(40, 24, 3);

describe('the quality of a JPEG', () => {
  it.each([30, 50, 75, 90, 95, 100])('is the one that ours was made with: %i', async (quality) => {
    const ours = await headOf(await picture().jpeg({ quality, mozjpeg: true }).toBuffer());
    // At 99 and 100 all steps are 1 or 2.
    expect(likelyQuality(ours.tables)).toBe(quality);
  });

  it.each([30, 50, 75, 90, 95])('is not more than that of another program: %i', async (quality) => {
    const theirs = await headOf(await picture().jpeg({ quality }).toBuffer());
    const likely = likelyQuality(theirs.tables);
    expect(likely).toBeLessThanOrEqual(quality);
    expect(likely).toBeGreaterThan(quality / 2);
  });
});

describe('the head of a JPEG', () => {
  it('has its size, coding and profile', async () => {
    const progressive = picture().jpeg({ progressive: true, chromaSubsampling: '4:4:4' });
    const head = await headOf(await progressive.withIccProfile('p3').toBuffer());
    expect(head).toMatchObject({ width: 40, height: 24, channels: 3, profile: 'other' });
    expect(codingOf(head)).toMatch(/^quality \d+, 4:4:4, progressive$/);
    const plain = await headOf(await picture().jpeg().withIccProfile('srgb').toBuffer());
    expect([plain.profile, codingOf(plain)]).toEqual([
      'srgb',
      expect.stringMatching(/4:2:0, baseline$/),
    ]);
  });

  it.each([
    ['something else', Buffer.from('no JPEG')],
    ['nothing', Buffer.alloc(0)],
    ['a JPEG cut off within it', Buffer.from('ffd8ffe000104a', 'hex')],
    ['endless padding', Buffer.concat([Buffer.from('ffd8', 'hex'), Buffer.alloc(9_000, 0xff)])],
  ])('is not found in %s', async (_, bytes) => {
    expect(await readJpegFacts(await folder.write('none.jpg', bytes))).toBeUndefined();
  });
});
