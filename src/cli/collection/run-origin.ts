import { availableParallelism, hostname, release, totalmem, type } from 'node:os';
import { typedPath } from '../../lib/quote.ts';
import type { ReportRun } from '../../lib/report/report.ts';
import { programArguments } from '../arguments.ts';
import type { Session } from '../session.ts';

/** How and where this process was started, for the head of a report; without secrets. */
export function runOrigin({
  redact,
}: Pick<Session, 'redact'>): Pick<ReportRun, 'command' | 'machine'> {
  const gigabytes = (totalmem() / 1024 ** 3).toFixed(1);
  return {
    // Before quotation marks change what is to be found.
    command: ['arke-tiff', ...programArguments().map((word) => typedPath(redact(word)))].join(' '),
    machine:
      `${hostname()}: ${type()} ${release()}, ${process.arch}, ${availableParallelism()} processors, ` +
      `${gigabytes} GB of memory, Node.js ${process.version}`,
  };
}
