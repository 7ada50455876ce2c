import type { TiffFacts } from '../../lib/tiff-words.ts';

/** The inspection, or why there is none; undefined if there is nothing yet. */
export type Facts = { readonly inspection: TiffFacts } | { readonly error: string } | undefined;

/** Takes the document of `arke-tiff inspect --json`, or what it says of its only file. */
export function factsFrom(json: unknown): Facts {
  if (!isObject(json)) return undefined;
  const file = Array.isArray(json['files']) ? (json['files'][0] as unknown) : json;
  if (!isObject(file)) return undefined;
  const { error } = file;
  if (isObject(error)) return { error: String(error['message']) };
  // The command's own JSON; its tests check the shape.
  if (Array.isArray(file['directories'])) return { inspection: inCamelCase(file) as TiffFacts };
  return undefined;
}

/** A value with the names of all fields as the program has them: `byteOrder` for `byte_order`. */
function inCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCamelCase);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      inCamelCase(field),
    ]),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
