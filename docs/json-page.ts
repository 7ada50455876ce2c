/** Renders the page of what is written as JSON, `docs/json.md`, from the schemas. */
import type { Schema } from 'ts-json-schema-generator';
import { documents, schemas } from './schemas.ts';

const INTRO = `# JSON

Generated from the types of the output by \`npm run docs\`; do not edit.

With \`--json\`, stdout has exactly one document: the result, or [the error](#error). With \`--json-lines\`, it has one object per line for each event.
\`convert\`, \`batch\` and \`inspect\` have the same structure for one file and for many: \`files\`, each with its \`status\`, a \`summary\`, what could not be read (\`unread\`) and warnings about the whole collection (\`warnings\`).

\`\`\`sh
arke-tiff convert scans -r --json | jq -r '.files[] | select(.status == "failed") | [.input, .error.code] | @tsv'
arke-tiff convert scan.tif --json | jq '.files[0].pages[0].bytes'
arke-tiff inspect scans -r --json | jq '.summary'
\`\`\`

The package has a JSON Schema (draft 7) for each document, \`arke-tiff/NAME.schema.json\`, and the library exports its type. A schema lists everything that its version writes; later versions may add fields. Sizes are in bytes or pixels, times in milliseconds unless the name says otherwise. Optional fields have a \`?\`.
The callback's body is described in [callbacks.md](callbacks.md), the log in [guides/failures.md](guides/failures.md#the-log).
`;

/** The whole page. */
export function renderJsonPage(): string {
  const all = schemas();
  const shared = new Map<string, Schema>();
  const sections = documents.map(({ name, type, title }) => {
    const { definitions = {}, ...root } = all[name] as Schema;
    for (const [key, definition] of Object.entries(definitions))
      shared.set(key, definition as Schema);
    const exported = type === 'InspectionFindings' ? 'InspectionDocument' : type;
    return [
      `## ${name}`,
      `${title}. Type \`${exported}\`, schema \`arke-tiff/${name}.schema.json\`.`,
      ...describe(root),
    ].join('\n\n');
  });
  const parts = [...shared]
    .filter(([name]) => name !== 'CallbackPayload')
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([name, part]) => [`### ${name}`, ...describe(part)].join('\n\n'));
  return `${[INTRO.trimEnd(), ...sections, '## Parts', ...parts].join('\n\n')}\n`;
}

/** What a schema says: its sentence, and a table of its fields or of its alternatives. */
function describe(schema: Schema): string[] {
  const said = schema.description ? [paragraphs(schema.description)] : [];
  if (schema.properties) return [...said, fieldsOf(schema)];
  const alternatives = alternativesOf(schema);
  if (!alternatives) return [...said, typeOf(schema)];
  if (alternatives.every(({ $ref }) => $ref))
    return [...said, `One of ${alternatives.map(typeOf).join(', ')}.`];
  return [...said, ...alternatives.map((one) => (one.properties ? fieldsOf(one) : typeOf(one)))];
}

function fieldsOf({ properties = {}, required = [] }: Schema): string {
  const fields = Object.entries(properties);
  const rows = fields
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([name, field]) => {
      const part = field as Schema;
      const called = required.includes(name) ? name : `${name}?`;
      return `| \`${called}\` | ${typeOf(part)} | ${cell(oneLine(part.description ?? ''))} |`;
    });
  return ['| field | type | |', '|---|---|---|', ...rows].join('\n');
}

/** What tells alternatives apart comes first. */
function rank(name: string): number {
  return ['event', 'state', 'status'].includes(name) ? 0 : 1;
}

/** A type in few words: ``"ok"`, `"failed"``, `number`, a link to a part. */
function typeOf(schema: Schema): string {
  if (schema.$ref) return linkTo(schema.$ref.replace('#/definitions/', ''));
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  const alternatives = alternativesOf(schema);
  if (alternatives) return alternatives.map(typeOf).join(' or ');
  if (schema.type === 'array') return listOf(schema.items as Schema | Schema[] | undefined);
  if (schema.properties)
    return `object: ${Object.entries(schema.properties)
      .map(([name, part]) => `\`${name}\` ${typeOf(part as Schema)}`)
      .join('; ')}`;
  const rest = schema.additionalProperties;
  if (typeof rest === 'object') return `object of ${typeOf(rest as Schema)} by name`;
  return [schema.type ?? 'anything'].flat().join(' or ');
}

function listOf(items: Schema | Schema[] | undefined): string {
  if (Array.isArray(items)) return `list: ${items.map(typeOf).join(', ')}`;
  return `list of ${items ? typeOf(items) : 'anything'}`;
}

function alternativesOf({ anyOf, oneOf }: Schema): Schema[] | undefined {
  return (anyOf ?? oneOf) as Schema[] | undefined;
}

function linkTo(name: string): string {
  if (name === 'CallbackPayload') return '[CallbackPayload](callbacks.md)';
  return `[${name}](#${name.toLowerCase()})`;
}

function code(value: unknown): string {
  return `\`${JSON.stringify(value)}\``;
}

/** Each paragraph on one line, and each item of a list on its own. */
function paragraphs(text: string): string {
  const parts = text.split(/\n(?=\n|- )/).map(oneLine);
  return parts.filter(Boolean).join('\n\n').replaceAll('\n\n- ', '\n- ');
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
