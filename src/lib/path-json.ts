import { bytesOfPath, isUtf8Path, pathOfBytes, shownPath } from './path-bytes.ts';

/** The fields of our JSON that contain a path. */
const PATH_FIELDS: ReadonlySet<string> = new Set(['input', 'output', 'source', 'name', 'path']);

/** Suffix of the field with a path's bytes. */
const BYTES = '_base64';

/** How `JSON.stringify` writes a byte that is not UTF-8 (`pathOfBytes`). */
const ESCAPED_BYTE = /\\udc[89a-f]/;

/**
 * `JSON.stringify` for a value with paths: bytes that are not UTF-8 are shown (`shownPath`), and a
 * path field with such bytes gets a second one with its bytes in base64: `input_base64` beside
 * `input`.
 */
export function stringifyWithPaths(value: unknown, indent?: number): string {
  const text = JSON.stringify(value, null, indent);
  // Values in UTF-8 are unchanged.
  return ESCAPED_BYTE.test(text) ? JSON.stringify(shown(value), null, indent) : text;
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return shownPath(value);
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).flatMap(([key, part]) => {
    const isPath = PATH_FIELDS.has(key) && typeof part === 'string' && !isUtf8Path(part);
    const bytes = isPath ? [[`${key}${BYTES}`, bytesOfPath(part).toString('base64')]] : [];
    return [[key, shown(part)], ...bytes];
  });
  return Object.fromEntries(fields);
}

/**
 * `JSON.parse` for the output of `stringifyWithPaths`, restoring the paths. Throws `SyntaxError`.
 */
export function parseWithPaths(text: string): unknown {
  return text.includes(`${BYTES}"`) ? JSON.parse(text, withBytes) : JSON.parse(text);
}

function withBytes(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const [key, bytes] of [...fields])
    if (key.endsWith(BYTES) && typeof bytes === 'string') {
      fields.delete(key);
      fields.set(key.slice(0, -BYTES.length), pathOfBytes(Buffer.from(bytes, 'base64')));
    }
  return Object.fromEntries(fields);
}
