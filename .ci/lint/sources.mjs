/**
 * Finds names that mean several things in `src` (those of types, and what is exported), files that
 * are too long, and comments that are wider than the code may be.
 * `npm run lint` runs it; without an argument it checks this project.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** As biome.json has it for code. */
const COLUMNS = 100;
/** Comments included. A test may have one long list of cases. */
const LINES = (file) => (file.startsWith('test/') ? 550 : 350);
/** What users of the package call has the name of what it checks the options of. */
const FACE = /^src\/lib\/api\//;

const filesOf = (root, pattern) =>
  globSync(pattern, { cwd: root }).map((path) => path.replaceAll('\\', '/'));

const isType = (statement) =>
  ts.isInterfaceDeclaration(statement) ||
  ts.isTypeAliasDeclaration(statement) ||
  ts.isClassDeclaration(statement);

/**
 * The names that no other file may declare: those of types, also of private ones, as people meet
 * them in editors and errors, and of all else that is exported. Whoever imports a default names it.
 */
function ownedNames(file, text) {
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    const kinds = (statement.modifiers ?? []).map(({ kind }) => kind);
    const isExported = kinds.includes(ts.SyntaxKind.ExportKeyword);
    const isDefault = kinds.includes(ts.SyntaxKind.DefaultKeyword);
    if (isDefault || !(isExported || isType(statement))) return [];
    const declared = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations
      : [statement];
    const facade = FACE.test(file) && ts.isFunctionDeclaration(statement);
    return facade ? [] : declared.map(({ name }) => name.text);
  });
}

/** Names that more than one file declares. */
function* sharedNames(root) {
  const owners = new Map();
  for (const file of filesOf(root, 'src/**/*.ts').sort())
    for (const name of new Set(ownedNames(file, readFileSync(join(root, file), 'utf8'))))
      owners.set(name, [...(owners.get(name) ?? []), file]);
  for (const [name, [first, ...others]] of owners)
    for (const file of others)
      yield `${file}: declares ${name}, as ${first} does: one name, one thing`;
}

/**
 * Files that are too long, and lines of comments that are too wide; addresses and directives cannot
 * be broken, examples are code.
 */
function* oversized(root) {
  const isWide = (line) =>
    line.length > COLUMNS && /^\s*(?:\/\*\*|\*|\/\/(?! biome-ignore)) (?!.*https?:\/\/)/.test(line);
  for (const file of filesOf(root, '{src,test,bench,build,docs,bin,.ci}/**/*.{ts,js,mjs}')) {
    const lines = readFileSync(join(root, file), 'utf8').trimEnd().split('\n');
    if (lines.length > LINES(file))
      yield `${file}: has ${lines.length} lines; the limit is ${LINES(file)}`;
    let example = false;
    for (const [at, line] of lines.entries()) {
      if (/^\s*\* ```/.test(line)) example = !example;
      else if (!example && isWide(line))
        yield `${file}:${at + 1}: a comment of ${line.length} columns; wrap it at ${COLUMNS}`;
    }
  }
}

const root = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url));
const problems = [...sharedNames(root), ...oversized(root)];
for (const problem of problems) console.error(problem);
process.exitCode = Number(problems.length > 0);
