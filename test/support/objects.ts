import sharp from 'sharp';
import type { Sandbox } from '../../src/dev/sandbox/sandbox.ts';

const picture = (background: string) =>
  sharp({ create: { width: 64, height: 64, channels: 3, background } })
    .tiff()
    .toBuffer();

/** The TIFF of most tasks: green rather than red. */
export const tiff = await picture('teal');

/** A TIFF of the same size that gives another JPEG: red rather than green. */
export const otherTiff = await picture('maroon');

/** An object that no worker made, and that is no picture. */
export const FOREIGN = Buffer.from('somebody else’s picture');

/**
 * What reads objects of the sandbox's bucket: the bytes at a key, none where there is no object.
 * It throws when it is used outside of tests and hooks.
 */
export function bytesIn(sandbox: { readonly current: Sandbox }): (key: string) => Promise<Buffer> {
  return async (key) => Buffer.from((await sandbox.current.getObject(key))?.bytes ?? []);
}
