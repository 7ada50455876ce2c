import { execFileSync } from 'node:child_process';
import { appendFile, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { openRecord, RECORD_NAME } from '../../../../../src/lib/collection/record/output-record.ts';
import type { RecordLine } from '../../../../../src/lib/collection/record/record-line.ts';
import { pathOfBytes } from '../../../../../src/lib/path-bytes.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();

function lineOf(output: string): RecordLine {
  const page = { page: 1, output, width: 1, height: 1, channels: 1, bytes: 1, ms: 1 };
  const made = { cpu_seconds: 0, peak_bytes: 1, effort: 'max', reader: 'sharp', notes: [] };
  return {
    v: 1,
    output,
    source: 'a.tif',
    source_bytes: 1,
    source_mtime_ms: 1,
    output_bytes: 1,
    output_mtime_ms: 1,
    settings: '',
    program: '',
    versions: '',
    pages: 1,
    kind: undefined,
    pixels: 1,
    record: { ...page, ...made } as RecordLine['record'],
  };
}

it('loses no line after one that was torn later, as on a full disk', async () => {
  const path = folder.path(RECORD_NAME);
  const record = await openRecord(dirname(path));
  await record.append([lineOf('a.jpg')]);
  await appendFile(path, '{"v":1,"output":"b.jpg","sour');
  await record.append([lineOf('c.jpg')]);
  await record.compact();
  const again = await openRecord(dirname(path));
  expect(again.linesOf('a.jpg')).toHaveLength(1);
  expect(again.linesOf('c.jpg')).toHaveLength(1);
  expect(await readFile(path, 'utf8')).not.toContain('b.jpg');
});

it('finds the lines of a name again, whatever its characters are', async () => {
  const box = await folder.make('names');
  const names = [
    'a.jpg',
    'Straße "1" \\ 2.jpg',
    'two\nlines.jpg',
    pathOfBytes(Buffer.from('f\xe9.jpg', 'latin1')),
  ];
  const record = await openRecord(box);
  await record.append(names.map(lineOf));
  for (const name of names) expect(record.linesOf(name)).toEqual([lineOf(name)]);
  const again = await openRecord(box);
  await again.append([lineOf('a.jpg')]);
  for (const name of names)
    expect(again.linesOf(name)).toEqual(Array(name === 'a.jpg' ? 2 : 1).fill(lineOf(name)));
  expect(again.linesOf('b.jpg')).toEqual([]);
});

it('follows no link, and waits for no pipe', async () => {
  const linked = await folder.make('linked');
  const elsewhere = await folder.write('elsewhere', 'as it was');
  await symlink(elsewhere, join(linked, RECORD_NAME));
  await expect(openRecord(linked)).rejects.toThrow(
    /Could not read the record .*: it is a symbolic link, which is not followed\. Make it readable, or delete it/,
  );
  const piped = await folder.make('piped');
  execFileSync('mkfifo', [join(piped, RECORD_NAME)]);
  await expect(openRecord(piped)).rejects.toThrow(
    'it is not a file, but a folder, a pipe or a device',
  );
});

it('writes through no link that appeared meanwhile, and into no pipe', async () => {
  const late = await folder.make('late');
  const elsewhere = await folder.write('other', 'as it was');
  const record = await openRecord(late);
  await symlink(elsewhere, join(late, RECORD_NAME));
  await expect(record.append([lineOf('a.jpg')])).rejects.toThrow('Could not write the record');
  expect(await readFile(elsewhere, 'utf8')).toBe('as it was');
  const piped = await folder.make('late-pipe');
  const other = await openRecord(piped);
  execFileSync('mkfifo', [join(piped, RECORD_NAME)]);
  await expect(other.append([lineOf('a.jpg')])).rejects.toThrow('it is not a file');
});
