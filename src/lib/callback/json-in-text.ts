/** A JSON object found in a text. */
export interface ObjectInText {
  /** Its characters, unchanged. */
  readonly raw: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/**
 * Characters examined per text: unclosed braces must not make a long line take forever. A callback
 * takes a few thousand.
 */
const MOST_LOOKED_AT = 4 * 1024 * 1024;

/**
 * Visits the JSON objects in a text from left to right, whatever surrounds them. `skip` decides for
 * each object whether to skip the objects inside it.
 */
export function objectsIn(text: string, skip: (found: ObjectInText) => boolean): void {
  let lookedAt = 0;
  let at = nextStart(text, 0);
  while (at !== -1 && lookedAt < MOST_LOOKED_AT) {
    const end = endOfObject(text, at);
    lookedAt += (end ?? text.length) - at;
    const found = end === undefined ? undefined : parsed(text.slice(at, end));
    at = nextStart(text, found && end !== undefined && skip(found) ? end : at + 1);
  }
}

/** The text of a JSON string; undefined if the literal is not one. */
export function parsedString(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

const START = /\{\s*"/g;

function nextStart(text: string, from: number): number {
  START.lastIndex = from;
  return START.exec(text)?.index ?? -1;
}

/** Where the object that begins at `start` ends; undefined if its brackets are not closed. */
function endOfObject(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at + 1;
  }
  return undefined;
}

function parsed(raw: string): ObjectInText | undefined {
  try {
    return { raw, value: JSON.parse(raw) as ObjectInText['value'] };
  } catch {
    return undefined;
  }
}
