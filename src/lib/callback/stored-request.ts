/** A stored request, to be verified. */
export interface StoredRequest {
  /** Header names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Candidates for its body: storing it may have added a line end or what follows it in print. */
  readonly bodies: readonly string[];
}

/**
 * Reads a stored request: HTTP as text (an optional request line, headers, an empty line, the
 * body), the output of `arke-tiff callback send --dry-run`, or JSON with `headers` and `body`, as
 * `--dry-run --json` and most request recorders write it. Returns undefined for anything else.
 */
export function readStoredRequest(text: string): StoredRequest | undefined {
  return fromJson(text) ?? fromText(text);
}

function fromJson(text: string): StoredRequest | undefined {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { headers, body } = (content ?? {}) as { headers?: unknown; body?: unknown };
  if (typeof headers !== 'object' || headers === null || typeof body !== 'string') return undefined;
  const named = Object.entries(headers).map(
    ([name, value]) => [name.toLowerCase(), [value].flat().join(', ')] as const,
  );
  return { headers: new Map(named), bodies: [body] };
}

const HEADER = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/;
const REQUEST_LINE = /^[A-Z]+ \S+/;
/** What `--dry-run` prints after the body, without the blanks at its end. */
const CURL = /\r?\n\r?\n(?:curl|printf) .*$/;

function fromText(text: string): StoredRequest | undefined {
  const [, head, body] = /^(.*?)\r?\n\r?\n(.*)$/s.exec(text) ?? [];
  if (head === undefined || body === undefined) return undefined;
  const lines = head.split(/\r?\n/);
  if (REQUEST_LINE.test(lines[0] ?? '') && !HEADER.test(lines[0] ?? '')) lines.shift();
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    headers.set(name.toLowerCase(), value.trim());
  }
  const told = Number(headers.get('content-length') ?? Number.NaN);
  const bytes = Buffer.from(body);
  const counted = told <= bytes.length ? [bytes.subarray(0, told).toString()] : [];
  const bodies = [...counted, body, body.replace(/\r?\n$/, ''), withoutCommand(body)];
  return { headers, bodies: [...new Set(bodies)] };
}

/** Trimmed first: `\s*$` in the expression would take quadratic time. */
function withoutCommand(body: string): string {
  const trimmed = body.trimEnd();
  const bare = trimmed.replace(CURL, '');
  return bare === trimmed ? body : bare;
}
