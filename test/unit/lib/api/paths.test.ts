import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import {
  bytesOfPath,
  convertCollection,
  convertTiff,
  pathOfBytes,
  shownPath,
} from '../../../../src/lib/index.ts';
import { latin1, latin1PathsIn, writeLatin1 } from '../../../support/latin1-names.ts';
import { useFolder } from '../../../support/use-folder.ts';

const folder = useFolder();

it('returns the bytes of names that are not UTF-8, and a form to show', async () => {
  await writeLatin1(folder.path('in/caf\xe9.tif'), Buffer.from('no TIFF'));
  const outDir = folder.path('out');
  const inputs: string[] = [];
  for await (const event of convertCollection([folder.path('in')], { outDir, dryRun: true }))
    if (event.event === 'file.planned') {
      inputs.push(event.input);
      if (event.status === 'would_fail')
        expect(shownPath(event.error.message)).toContain('caf\\xE9.tif" is a text file');
    }
  const [input = ''] = inputs;
  expect(input.isWellFormed()).toBe(false);
  expect(shownPath(input)).toBe(folder.path('in/caf\\xE9.tif'));
  const bytes = Buffer.from(bytesOfPath(input));
  expect(bytes).toEqual(latin1(folder.path('in/caf\xe9.tif')));
  expect(await readFile(bytes, 'utf8')).toBe('no TIFF');
  expect(pathOfBytes(bytes)).toBe(input);
  await expect(convertTiff(pathOfBytes(bytes), folder.path('a.jpg'))).rejects.toThrow('text file');
  expect(await latin1PathsIn(folder.root)).toEqual(['in/caf\xe9.tif']);
});
