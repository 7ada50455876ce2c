import { bytesOfPath } from '../path-bytes.ts';
import type { ReportRun } from './report.ts';

/**
 * The checksums of a run as `sha256sum` writes and `sha256sum -c` reads them, in the folder of the
 * run: of each TIFF and each of its JPEGs, as far as they are known. Yields line by line, in bytes,
 * because a name may be no UTF-8.
 */
export function* sha256LinesOf({ records }: Pick<ReportRun, 'records'>): Generator<Buffer> {
  for (const record of records) {
    if (record.status === 'failed') continue;
    yield* lineOf(record.source_sha256, record.input);
    for (const { sha256, output } of record.pages) yield* lineOf(sha256, output);
  }
}

/** A backslash before the line says that its name has escapes. */
function* lineOf(hash: string | undefined, path: string): Generator<Buffer> {
  if (hash === undefined) return;
  const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r' };
  const name = path.replace(/[\\\n\r]/g, (character) => escapes[character] ?? character);
  yield Buffer.concat([
    Buffer.from(`${name === path ? '' : '\\'}${hash}  `),
    bytesOfPath(name),
    Buffer.from('\n'),
  ]);
}
