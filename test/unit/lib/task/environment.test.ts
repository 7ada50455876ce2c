import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { environmentSchema } from '../../../../docs/configuration-tables.ts';
import {
  knownVariables,
  secretVariables,
  variableOf,
} from '../../../../src/lib/task/environment.ts';
import {
  foreignVariables,
  isRequired,
  variableText,
} from '../../../../src/lib/task/environment-text.ts';
import { redactorOf } from '../../../../src/lib/task/settings.ts';

const project = fileURLToPath(new URL('../../../..', import.meta.url));
const read = (path: string) => readFileSync(join(project, path), 'utf8');
const known: readonly string[] = [...knownVariables, ...Object.keys(foreignVariables)];
/** Node's colours, and what the demo has from the shell and from npm. */
const internal = ['FORCE_COLOR', 'PATH', 'INIT_CWD'];

describe('the table of variables', () => {
  it('has every variable that is read', () => {
    const names = globSync('src/**/*.ts', { cwd: project }).flatMap((path) =>
      [...read(path).matchAll(/\b(?:env|environment|set)(?:\.|\[')([A-Z][A-Z0-9_]+)\b/g)].map(
        ([, name = '']) => name,
      ),
    );
    expect(names).toContain('TASK_ID');
    expect(names.filter((name) => ![...known, ...internal].includes(name))).toEqual([]);
  });

  it('has every variable that a message, a help text or a setting’s name mentions', () => {
    // Codes of errors are called alike.
    const ours =
      /\b(?:JPEG|TIFF|CALLBACK|R2|TASK|INPUT_R2|FLY|MEMORY|LOG)_(?!FAILED\b)[A-Z][A-Z0-9_]*\b/g;
    const texts = globSync('src/**/*.ts', { cwd: project }).flatMap((path) => textsIn(path, ours));
    const named = texts.flatMap((text) => text.match(ours) ?? []);
    expect(named).toContain('JPEG_EFFORT');
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
  });

  it('has the flag of each variable that has one in a command', () => {
    const { commands } = JSON.parse(read('oclif.manifest.json')) as {
      commands: Record<string, { flags: Record<string, { name: string; env?: string }> }>;
    };
    const flags = Object.values(commands).flatMap((command) => Object.values(command.flags));
    const withVariable = new Map(flags.flatMap(({ name, env }) => (env ? [[env, name]] : [])));
    const table = knownVariables.flatMap((name) => {
      const { flag } = variableOf(name);
      return flag ? [[name, flag]] : [];
    });
    expect(Object.fromEntries(withVariable)).toEqual(Object.fromEntries(table));
  });

  it('marks the values, and the queries, that must never be shown', () => {
    expect(secretVariables).toEqual([
      'R2_ACCESS_KEY_ID',
      'R2_SECRET_ACCESS_KEY',
      'CALLBACK_SECRET',
    ]);
    const environment = Object.fromEntries(
      knownVariables.map((name) => [name, `https://host/${name}?query-of-${name}`]),
    );
    const redact = redactorOf(environment);
    for (const name of knownVariables) {
      const { secret, address } = variableOf(name);
      const shown = address ? `https://host/${name}?[redacted]` : environment[name];
      expect(redact(`${environment[name]}`)).toBe(secret ? '[redacted]' : shown);
    }
  });

  it('has no flag for a secret', () => {
    for (const name of knownVariables)
      if (variableOf(name).secret) expect(variableOf(name).flag).toBeUndefined();
  });
});

describe('docs/configuration.md', () => {
  it('has each variable with its default and meaning, and those that are not ours', () => {
    const page = read('docs/configuration.md');
    for (const name of knownVariables) {
      const { fallback, meaning } = variableText(name);
      expect(page).toMatch(new RegExp(`^\\| \`${name}\` \\|`, 'm'));
      expect(page).toContain(` | ${fallback} | ${meaning} | `);
    }
    for (const [name, meaning] of Object.entries(foreignVariables))
      expect(page).toContain(`| \`${name}\` | ${meaning} |`);
  });
});

describe('the JSON Schema of the environment', () => {
  const schema = environmentSchema();
  const takes = new Ajv({ strict: true }).compile(schema as object);
  const task = Object.fromEntries(
    knownVariables.filter(isRequired).map((name) => [name, 'something']),
  );

  it('accepts the eight variables, and any others', () => {
    expect(takes(task)).toBe(true);
    expect(takes({ ...task, JPEG_QUALITY: '80', LOG_FORMAT: 'json', PATH: '/bin' })).toBe(true);
  });

  it.each([
    ['JPEG_QUALITY', 'high'],
    ['JPEG_EFFORT', 'most'],
    ['R2_BUCKET', 'a bucket'],
  ])('refuses %s=%s', (name, value) => expect(takes({ ...task, [name]: value })).toBe(false));

  it.each(knownVariables.filter(isRequired))('requires %s', (name) =>
    expect(takes({ ...task, [name]: undefined })).toBe(false),
  );

  it('shows the defaults', () => {
    expect(schema.properties?.['TASK_TIMEOUT_MS']).toMatchObject({ default: '50000' });
  });
});

/** The texts of a file in which a pattern may match: no comments, no names. */
function textsIn(path: string, pattern: RegExp): string[] {
  const code = read(path);
  if (code.search(pattern) === -1) return [];
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (
      ts.isStringLiteralLike(node) ||
      ts.isTemplateHead(node) ||
      ts.isTemplateMiddleOrTemplateTail(node)
    )
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.ESNext));
  return texts;
}
