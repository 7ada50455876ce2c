/**
 * A field's name in our JSON: `byte_order` for `byteOrder`; codes such as `NO_TIFF` are unchanged.
 */
export type SnakeCase<Name extends string> =
  Name extends Uppercase<Name> ? Name : SnakeCaseWords<Name>;

type SnakeCaseWords<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCaseWords<Rest>}`
  : Name;

/** A value with all field names in snake_case. */
export type SnakeCased<Value> = Value extends readonly unknown[]
  ? { [Index in keyof Value]: SnakeCased<Value[Index]> }
  : Value extends object
    ? {
        [Name in keyof Value as Name extends string ? SnakeCase<Name> : Name]: SnakeCased<
          Value[Name]
        >;
      }
    : Value;

/** A field's name in snake_case; codes such as `NO_TIFF`, used as keys of counts, are unchanged. */
export function snakeCase(name: string): string {
  if (name === name.toUpperCase()) return name;
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A value with all field names in snake_case, as in our JSON; texts are unchanged. */
export function withSnakeCase<Value>(value: Value): SnakeCased<Value> {
  return renamed(value) as SnakeCased<Value>;
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [snakeCase(name), renamed(field)]),
  );
}
