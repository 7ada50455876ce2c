import { appendFile, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { openRecord, RECORD_NAME } from '../../../../../src/lib/collection/record/output-record.ts';
import type { RecordLine } from '../../../../../src/lib/collection/record/record-line.ts';
import { useFolder } from '../../../../support/use-folder.ts';

const folder = useFolder();

function lineOf(output: string): RecordLine {
  const page = { page: 1, output, width: 1, height: 1, channels: 1, bytes: 1, ms: 1 };
  const made = { cpu_seconds: 0, peak_bytes: 1, effort: 'max', reader: 'sharp', notes: [] };
  return {
    ...{ v: 1, output, source: 'a.tif', source_bytes: 1, source_mtime_ms: 1 },
    ...{ output_bytes: 1, output_mtime_ms: 1, settings: '', program: '', versions: '' },
    ...{ pages: 1, kind: undefined, pixels: 1 },
    record: { ...page, ...made } as RecordLine['record'],
  };
}

it('loses no line behind one that was torn after the record was opened, as on a full disk', async () => {
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
