import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { inject } from 'vitest';
import type { Run } from './program.ts';

/** Which schema of the package holds for what a command says with `--json`. */
const SCHEMAS: Readonly<Record<string, string>> = {
  convert: 'collection',
  verify: 'collection',
  batch: 'collection',
  inspect: 'inspection',
  upload: 'upload',
  download: 'download',
  run: 'task',
  callback: 'callback',
  dev: 'dev',
};

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const compiled = new Map<string, ValidateFunction>();

/**
 * What is wrong with a value by a schema of the packed program; nothing when it is as it should be.
 */
export function schemaProblems(name: string, value: unknown): string[] {
  const validate = compiled.get(name) ?? ajv.compile(readSchema(name));
  compiled.set(name, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

function readSchema(name: string): object {
  return JSON.parse(
    readFileSync(join(inject('program'), `dist/${name}.schema.json`), 'utf8'),
  ) as object;
}

/**
 * Holds what a run of the program wrote with `--json` or `--json-lines` to its schema. Throws where
 * it differs.
 */
export function holdToSchema(args: readonly string[], { stdout, exitCode }: Run): void {
  const end = args.indexOf('--');
  const flags = end === -1 ? args : args.slice(0, end);
  const isReported = flags.some((flag) => flag.startsWith('--report-to'));
  const schema = isReported ? 'batch-report' : SCHEMAS[args[0] ?? ''];
  if (!schema || stdout === '' || exitCode === undefined) return;
  if (flags.includes('--json-lines') && !flags.includes('--json'))
    for (const line of stdout.trimEnd().split('\n'))
      refuse(schemaProblems('collection-event', JSON.parse(line)), line);
  if (!flags.includes('--json') || flags.some((flag) => ['--help', '-h'].includes(flag))) return;
  const document: unknown = JSON.parse(stdout);
  const isError = exitCode !== 0 && schemaProblems('error', document).length === 0;
  if (!isError) refuse(schemaProblems(schema, document), stdout);
}

function refuse(problems: readonly string[], text: string): void {
  if (problems.length > 0)
    throw new Error(
      `Not as its schema has it:\n${problems.slice(0, 20).join('\n')}\n${text.slice(0, 2_000)}`,
    );
}
