/**
 * The tables of docs/configuration.md, and the JSON Schema of the environment: both from the table
 * of variables.
 */
import { toJsonSchema } from '@valibot/to-json-schema';
import type { Schema } from 'ts-json-schema-generator';
import { knownVariables, schema, variableOf } from '../src/lib/task/environment.ts';
import {
  choicesOf,
  foreignVariables,
  numberRange,
  variableText,
} from '../src/lib/task/environment-text.ts';

/** What the table needs of `oclif.manifest.json`: which commands have a flag for which variable. */
export interface Manifest {
  readonly commands: Readonly<
    Record<string, { readonly flags: Readonly<Record<string, { readonly env?: string }>> }>
  >;
}

/** The variables of `run`. */
export function renderVariables(manifest: Manifest): string {
  const rows = knownVariables.map((name) => {
    const { fallback, meaning, usedBy } = variableText(name);
    const values = choicesOf(name)?.map((one) => `\`${one}\``) ?? [
      numberRange(name)?.join('–') ?? '',
    ];
    const elsewhere = flagText(name, manifest) ?? usedBy ?? '';
    return [`\`${name}\``, values.join(', '), fallback, meaning, elsewhere];
  });
  return table(['variable', 'values', 'default', 'meaning', 'other commands'], rows);
}

/** The variables that are not ours. */
export function renderForeignVariables(): string {
  const rows = Object.entries(foreignVariables).map(([name, meaning]) => [`\`${name}\``, meaning]);
  return table(['variable', 'meaning'], rows);
}

/** The flag of a variable, and which commands have it. */
function flagText(name: string, { commands }: Manifest): string | undefined {
  const having = Object.keys(commands).filter((command) =>
    Object.values(commands[command]?.flags ?? {}).some(({ env }) => env === name),
  );
  if (having.length === 0) return undefined;
  const topics = new Set(having.map((id) => `\`${id.replace(/:.*/, '')}\``));
  const { flag } = variableOf(name as (typeof knownVariables)[number]);
  return `\`--${flag}\`: ${[...topics].sort().join(', ')}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')).join('\n');
}

/** What a variable must look like; `range` is our own word. */
type Shape = Schema & { readonly range?: readonly number[] };

/** What an orchestrator can hold a machine's environment to: all values are strings. */
export function environmentSchema(): Schema {
  const whole = toJsonSchema(schema, { typeMode: 'input', errorMode: 'ignore' }) as Schema;
  const properties = Object.fromEntries(
    knownVariables.map((name) => {
      const { meaning } = variableText(name);
      const { range, ...shape } = (whole.properties?.[name] ?? {}) as Shape;
      return [
        name,
        {
          ...shape,
          ...(range ? { pattern: '^(0|[1-9][0-9]*)$' } : {}),
          description: `${meaning.replaceAll('`', '')}${range ? `, ${range.join('–')}` : ''}`,
          ...(variableOf(name).secret ? { writeOnly: true } : {}),
        },
      ];
    }),
  );
  return { title: 'Environment of `arke-tiff run`', ...whole, properties };
}
