import { describe, expect, it } from 'vitest';
import { createDiskRoom } from '../../../../src/lib/batch/disk-room.ts';
import { InterruptedError } from '../../../../src/lib/stop.ts';

const never = new AbortController().signal;
const MB = 1e6;

/** A disk with so many bytes free, which the test changes. */
function roomWith(free: number) {
  const disk = { free };
  const room = createDiskRoom(async () => disk.free);
  const take = (bytes: number, signal = never) =>
    room.take({ name: `${bytes}.tif`, bytes, folder: '/tmp' }, signal);
  const further = (bytes: number) => room.further({ bytes, folder: '/tmp' }, 1 / 4);
  return { disk, take, further };
}

/** Whether a promise is settled once all that is ready has been done. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  for (let i = 0; i < 20; i++) await null;
  return settled;
}

describe('the room on a disk', () => {
  it('is given out once, before it is used', async () => {
    const { take } = roomWith(100);
    await take(60);
    const second = take(60);
    expect(await isSettled(second)).toBe(false);
  });

  it('is not counted twice when it is used', async () => {
    const { disk, take } = roomWith(100);
    const first = await take(60);
    disk.free = 40;
    first.filled(60);
    await take(40);
  });

  it('stays kept for what is still to be written', async () => {
    const { disk, take } = roomWith(100);
    const first = await take(60);
    disk.free = 50;
    first.filled(50);
    expect(await isSettled(take(41))).toBe(false);
    const { take: takeOther } = roomWith(100);
    (await takeOther(60)).filled(1000);
    await takeOther(100);
  });

  it('is waited for until another one goes, in the order of asking', async () => {
    const { disk, take } = roomWith(100);
    const first = await take(80);
    const large = take(90);
    const small = take(10);
    expect(await isSettled(small)).toBe(false);
    first.release();
    const second = await large;
    disk.free = 10;
    second.filled(90);
    await small;
  });

  it('for a copy is a share of what was promised to nobody, and is promised itself', async () => {
    const { disk, take, further } = roomWith(100);
    const first = await take(60);
    expect(await further(11)).toBeUndefined();
    const copy = await further(10);
    const second = take(31);
    expect(await isSettled(second)).toBe(false);
    // Who waits comes first.
    expect(await further(1)).toBeUndefined();
    disk.free = 90;
    copy?.filled(10);
    expect(await isSettled(second)).toBe(false);
    disk.free = 100;
    copy?.release();
    await second;
    first.release();
  });

  it('is an error when nothing else will free any', async () => {
    const { take } = roomWith(3 * MB);
    await expect(take(4 * MB)).rejects.toThrow(
      `Not enough space for "${4 * MB}.tif" in /tmp: it needs 4.0 MB, but only 3.0 MB are free. Free some space, or set TMPDIR to a folder with more.`,
    );
    const place = await take(2 * MB);
    place.release();
  });

  it('is an error for a request that has waited in vain', async () => {
    const { take } = roomWith(100);
    const first = await take(80);
    const waiting = take(120);
    first.release();
    await expect(waiting).rejects.toMatchObject({ code: 'FILE' });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'is not given for %d bytes, which does no harm',
    async (bytes) => {
      const { take } = roomWith(100);
      await expect(take(bytes)).rejects.toThrow(RangeError);
      const first = await take(60);
      expect(await isSettled(take(60))).toBe(false);
      first.release();
    },
  );

  it('is given back once', async () => {
    const { take } = roomWith(100);
    const first = await take(50);
    const second = await take(50);
    first.release();
    first.release();
    const third = take(80);
    expect(await isSettled(third)).toBe(false);
    second.release();
    await third;
  });

  it('is not waited for when the run is stopped', async () => {
    const controller = new AbortController();
    const { take } = roomWith(100);
    await take(80);
    const waiting = take(80, controller.signal);
    controller.abort(new InterruptedError('SIGINT'));
    await expect(waiting).rejects.toMatchObject({ code: 'INTERRUPTED' });
    await expect(take(1, controller.signal)).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
