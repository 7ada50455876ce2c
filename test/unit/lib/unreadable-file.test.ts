import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { unreadableFile } from '../../../src/lib/unreadable-file.ts';

/** As Node.js makes it of what the system answers. */
function systemError(code: string, words: string): Error {
  const error = new Error(`${code}: ${words}, open '/scans/x.tif'`);
  return Object.assign(error, { code, syscall: 'open', path: '/scans/x.tif' });
}

describe('a file that cannot be read', () => {
  it.each([
    ['EACCES', 'permission denied', 'Check its permissions.'],
    ['EPERM', 'operation not permitted', 'Check its permissions.'],
    ['EIO', 'i/o error', 'Check the disk or the network share.'],
    [
      'ENAMETOOLONG',
      'name too long',
      'Check the path: most file systems take 255 bytes for a name, and 4096 for a path.',
    ],
  ])('has a remedy for why: %s', (code, words, remedy) => {
    const error = unreadableFile('"x.tif"', systemError(code, words));
    expect(error.message).toBe(`Could not read "x.tif": ${words} (${code}). ${remedy}`);
    expect(error.cause).toMatchObject({ code });
  });

  it('has its path in the message once', async () => {
    const path = '/nowhere/x.tif';
    const error = await readFile(path).catch((cause: unknown) => unreadableFile(path, cause));
    expect((error as Error).message).toBe(
      `Could not read ${path}: no such file or directory (ENOENT). Check the path.`,
    );
  });

  it('may be a folder', async () => {
    const error = await readFile('.').catch((cause: unknown) => unreadableFile('.', cause));
    expect((error as Error).message).toMatch(/EISDIR.*It is a folder: name a file in it\.$/);
  });
});
