import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { findInputs } from '../../../../../src/lib/collection/inputs/find-inputs.ts';
import { FileError, SettingsError } from '../../../../../src/lib/errors.ts';
import { findIn, layOut } from '../../../../support/found-inputs.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();
const at = (name: string) => folder.path(name);

describe('--files-from', () => {
  it('reads a file’s lines in order, without empty ones', async () => {
    await layOut(folder, 'lines/a.tif', 'lines/b.tif');
    const list = await folder.write('list', `${at('lines/b.tif')}\n\n${at('lines/a.tif')}`);
    const { inputs } = await findIn(folder, { filesFrom: list });
    expect(inputs).toEqual(['lines/b.tif', 'lines/a.tif']);
  });

  it('reads Windows line ends, and skips a byte order mark', async () => {
    await layOut(folder, 'windows/a.tif', 'windows/b.tif');
    const text = `\ufeff${at('windows/a.tif')}\r\n${at('windows/b.tif')}\r\n`;
    const { inputs } = await findIn(folder, { filesFrom: '-' }, text);
    expect(inputs).toEqual(['windows/a.tif', 'windows/b.tif']);
  });

  it('reads from stdin what find -print0 writes, with line breaks in names', async () => {
    await layOut(folder, 'nul/new\nline.tif', 'nul/b \r.tif');
    const text = [at('nul/new\nline.tif'), at('nul/b \r.tif'), ''].join('\0');
    const { inputs } = await findIn(folder, { filesFrom: '-' }, text);
    expect(inputs).toEqual(['nul/new\nline.tif', 'nul/b \r.tif']);
  });

  it('reads names literally: no pattern, no comment, no exclusion', async () => {
    await layOut(folder, 'literal/a1.tif');
    const names = ['literal/a[1].tif', 'literal/*.tif', 'literal/#c.tif'];
    const { inputs } = await findIn(folder, { filesFrom: '-' }, names.map(at).join('\n'));
    expect(inputs).toEqual(names);
    expect((await findIn(folder, { filesFrom: '-' }, '!x.tif')).names).toEqual(['!x.tif']);
  });

  it('treats folders like those named as arguments', async () => {
    await layOut(folder, 'folders/a.tif', 'folders/sub/b.tif', 'more/c.tif');
    const list = ['folders', 'more'].map(at).join('\n');
    const flat = await findIn(folder, { filesFrom: '-' }, list);
    expect(flat.inputs).toEqual(['folders/a.tif', 'more/c.tif']);
    const deep = await findIn(folder, { filesFrom: '-', recursive: true }, list);
    expect(deep.inputs).toEqual(['folders/a.tif', 'folders/sub/b.tif', 'more/c.tif']);
  });

  it('comes after the arguments, and repeats none of them', async () => {
    await layOut(folder, 'both/a.tif', 'both/b.tif');
    const request = { paths: [at('both/b.tif')], filesFrom: '-' };
    const { inputs } = await findIn(folder, request, `${at('both/a.tif')}\n${at('both/b.tif')}\n`);
    expect(inputs).toEqual(['both/b.tif', 'both/a.tif']);
  });

  it('keeps whole paths in another folder, never above it', async () => {
    const paths = ['./x/a.tif', 'y//b.tif', '../z/c.tif', '../../d.tif', '/abs/e.tif', '-f.tif'];
    const { names } = await findIn(folder, { filesFrom: '-' }, paths.join('\n'));
    expect(names).toEqual(['x/a.tif', 'y/b.tif', 'z/c.tif', 'd.tif', 'abs/e.tif', '-f.tif']);
  });

  it('is an error when it names nothing, is not there, or is in UTF-16', async () => {
    const find = (filesFrom: string, text: string | Uint8Array = '') =>
      findIn(folder, { filesFrom }, text);
    await expect(find('-', '\n\n')).rejects.toThrow(/^The list on stdin names no files/);
    await expect(find(at('gone'))).rejects.toThrow(/^Could not read the list .*gone: .*\(ENOENT\)/);
    const utf16 = Buffer.from('\ufeffa.tif\n', 'utf16le');
    await expect(find('-', utf16)).rejects.toThrow(/^The list on stdin is in UTF-16/);
    await expect(find('-', utf16.swap16())).rejects.toThrow(FileError);
  });

  it('is not read from a terminal', async () => {
    const terminal = Object.assign(Readable.from([]), { isTTY: true });
    const request = { paths: [], recursive: false, filesFrom: '-', include: [], exclude: [] };
    await expect(findInputs(request, terminal)).rejects.toThrow(SettingsError);
  });

  it('is needed if there are no arguments', async () => {
    await expect(findIn(folder, {})).rejects.toThrow(/PATH is missing \(or --files-from\)/);
    await expect(findIn(folder, { paths: [''] })).rejects.toThrow(SettingsError);
  });
});
