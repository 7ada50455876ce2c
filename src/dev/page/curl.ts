import { curlLine } from '../../lib/curl-line.ts';
import type { CallbackRecord } from '../api.ts';

/** Headers that curl writes itself. */
const OF_CURL = ['host', 'content-length', 'connection', 'transfer-encoding', 'accept-encoding'];

/** A line for a shell that sends a callback again, as it was sent. */
export function curlOf(
  { path, headers, body }: Pick<CallbackRecord, 'path' | 'headers' | 'body'>,
  orchestrator: string,
): string {
  const sent = Object.entries(headers).filter(([name]) => !OF_CURL.includes(name));
  // curl takes brackets and braces for patterns.
  const url = `${orchestrator}${path}`.replace(/[[\]{}]/g, encodeURIComponent);
  return curlLine(url, Object.fromEntries(sent), body);
}
