/**
 * The JSON Schemas of the package: the callback's and the environment's from their valibot schemas,
 * all others from the types of what we write.
 */
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import {
  AnyType,
  type CompletedConfig,
  createFormatter,
  createParser,
  DEFAULT_CONFIG,
  DefinitionType,
  type Schema,
  SchemaGenerator,
} from 'ts-json-schema-generator';
import ts from 'typescript';
import {
  callbackPayloadSchema,
  errorLength,
  MAX_ERROR_LENGTH,
} from '../src/lib/callback/payload.ts';
import { snakeCase } from '../src/lib/snake-case.ts';
import { environmentSchema } from './configuration-tables.ts';

/**
 * What is written as JSON: the name of its schema, its type in `documents.ts`, and who writes it.
 */
export const documents = [
  {
    name: 'collection',
    type: 'CollectionDocument',
    title: '`convert --json`, `verify --json` and `batch --json`, of one file as of many',
  },
  {
    name: 'collection-event',
    type: 'CollectionEvent',
    title: 'A line of `convert --json-lines`, `verify --json-lines` and `batch --json-lines`',
  },
  { name: 'batch-report', type: 'BatchReportDocument', title: '`batch --report-to --json`' },
  { name: 'report', type: 'ReportDocument', title: '`--report FILE.json`' },
  { name: 'inspection', type: 'InspectionFindings', title: '`inspect --json`' },
  { name: 'upload', type: 'UploadDocument', title: '`upload --json`' },
  { name: 'download', type: 'DownloadDocument', title: '`download --json`' },
  { name: 'task', type: 'TaskDocument', title: '`run --json`' },
  { name: 'callback', type: 'CallbackDocument', title: '`callback --json`' },
  { name: 'dev', type: 'DevDocument', title: '`dev --json`' },
  { name: 'error', type: 'ErrorDocument', title: 'Any command that gave up, with `--json`' },
] as const;

/** Every schema of the package by its name. */
export function schemas(): Readonly<Record<string, Schema>> {
  const generator = openGenerator();
  const { $schema, ...payload } = payloadSchema();
  const written = documents.map(({ name, type, title }) => {
    const schema = withSnakeCase(generator.createSchema(type));
    if (schema.definitions?.[PAYLOAD]) schema.definitions[PAYLOAD] = payload;
    return [name, { title, ...schema }];
  });
  return {
    'callback-payload': { title: 'Callback of arke-tiff', $schema, ...payload },
    environment: environmentSchema(),
    ...Object.fromEntries(written),
  };
}

function payloadSchema(): Schema {
  return toJsonSchema(callbackPayloadSchema, {
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction === errorLength ? { ...jsonSchema, maxLength: MAX_ERROR_LENGTH } : undefined,
  }) as Schema;
}

/** The type of a callback's body, which has a schema of its own. */
const PAYLOAD = 'CallbackPayload';

function openGenerator(): SchemaGenerator {
  const path = fileURLToPath(new URL('../src/lib/documents/documents.ts', import.meta.url));
  const config: CompletedConfig = {
    ...DEFAULT_CONFIG,
    path,
    skipTypeCheck: true,
    expose: 'export',
    topRef: false,
    jsDoc: 'extended',
    additionalProperties: false,
    sortProps: false,
  };
  const program = ts.createProgram([path], {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.NodeNext,
    strict: true,
    types: [],
    noEmit: true,
    allowImportingTsExtensions: true,
  });
  const parser = createParser(program, config, (parsers) =>
    parsers.addNodeParser({
      supportsNode: (node) => ts.isTypeReferenceNode(node) && node.typeName.getText() === PAYLOAD,
      createType: () => new DefinitionType(PAYLOAD, new AnyType()),
    }),
  );
  return new SchemaGenerator(program, parser, createFormatter(config), config);
}

/** A schema with the names of fields as our JSON has them. */
function withSnakeCase(schema: Schema): Schema {
  return rename(schema) as Schema;
}

function rename(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(rename);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      if (key === 'required') return [key, (part as string[]).map(snakeCase)];
      if (key !== 'properties') return [key, rename(part)];
      const fields = Object.entries(part as object);
      return [
        key,
        Object.fromEntries(
          fields.flatMap(([name, field]) => [[snakeCase(name), rename(field)], ...bytesOf(name)]),
        ),
      ];
    }),
  );
}

/** The field beside a path that has its bytes, in base64 (`path-json.ts`). */
function bytesOf(name: string): [string, Schema][] {
  if (!['input', 'output', 'path'].includes(name)) return [];
  const description = `The bytes of \`${name}\`, in base64: only where its name is not UTF-8.`;
  return [[`${name}_base64`, { type: 'string', description }]];
}
