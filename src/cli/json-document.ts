import { Readable } from 'node:stream';
import { createDeflateRaw, createInflateRaw } from 'node:zlib';
import { type Redactor, redactValues } from '../lib/redact.ts';

/** A piece of a document, to be written as it is. */
type DocumentPiece = string | Uint8Array;

/**
 * The elements of a list as JSON, compressed in memory (to less than a twentieth): a document is
 * written only when it is certain that no error has to be written instead.
 */
export interface HeldList {
  /** Adds an element, already redacted. */
  add(element: unknown): Promise<void>;
  isEmpty(): boolean;
  /** What `documentPieces` writes of it; called once. */
  pieces(): AsyncIterable<DocumentPiece>;
}

/** An empty list. */
export function holdList(): HeldList {
  const deflate = createDeflateRaw({ level: 1 });
  const compressed: Buffer[] = [];
  deflate.on('data', (chunk: Buffer) => compressed.push(chunk));
  let isEmpty = true;
  return {
    add: async (element) => {
      const piece = elementPiece(element, isEmpty);
      isEmpty = false;
      if (deflate.write(piece)) return;
      await new Promise((resolve) => deflate.once('drain', resolve));
    },
    isEmpty: () => isEmpty,
    async *pieces() {
      await new Promise((resolve) => deflate.once('end', resolve).end());
      yield* Readable.from(compressed).pipe(createInflateRaw());
    },
  };
}

/**
 * A document as `JSON.stringify(redactValues(document, redact), null, 2)` and a line break, in
 * pieces no longer than an element of one of its lists: a large one need not be in memory.
 */
export async function* documentPieces(
  document: object,
  redact: Redactor,
): AsyncIterable<DocumentPiece> {
  let separator = '{';
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined) continue;
    const list = listPieces(value, redact);
    if (list) {
      yield `${separator}\n  ${JSON.stringify(name)}: [`;
      yield* list;
      yield '\n  ]';
    } else {
      const field = isHeld(value) ? [] : value;
      yield separator + indented(redactValues({ [name]: field }, redact)).slice(1, -2);
    }
    separator = ',';
  }
  yield separator === '{' ? '{}\n' : '\n}\n';
}

/** The pieces of a list with elements; undefined for any other value. */
function listPieces(
  value: unknown,
  redact: Redactor,
): AsyncIterable<DocumentPiece> | Iterable<DocumentPiece> | undefined {
  if (isHeld(value)) return value.isEmpty() ? undefined : value.pieces();
  return Array.isArray(value) && value.length > 0 ? elementPieces(value, redact) : undefined;
}

function* elementPieces(elements: readonly unknown[], redact: Redactor): Iterable<DocumentPiece> {
  for (const [at, element] of elements.entries())
    yield elementPiece(redactValues(element, redact), at === 0);
}

/** An element of a list in a document, with what separates it from the one before. */
function elementPiece(element: unknown, isFirst: boolean): string {
  return `${isFirst ? '' : ','}\n    ${indented(element).replaceAll('\n', '\n    ')}`;
}

const indented = (value: unknown) => JSON.stringify(value, null, 2);

function isHeld(value: unknown): value is HeldList {
  return typeof value === 'object' && value !== null && 'pieces' in value;
}
