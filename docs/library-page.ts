/**
 * Writes the page of the library, `docs/library.md`, from the doc comments of all that
 * `src/lib/index.ts` exports.
 */
import { join } from 'node:path';
import ts from 'typescript';

/** An export, and where it is declared. */
interface Exported {
  readonly name: string;
  readonly symbol: ts.Symbol;
  readonly declaration: ts.Declaration;
}

const intro = `# The library

Generated from the doc comments by \`npm run docs\`; do not edit.

Requires Node.js 22.18 or newer; on older versions \`import 'arke-tiff'\` throws an error that says so.
Every expected error is an \`ArkeError\` with a \`code\` (\`ErrorCode\`); its message says what happened, to which file, and what to do.

Paths are strings even if a name is not UTF-8 (Latin-1 of old servers): each invalid byte is a lone surrogate, in events, results and messages. \`bytesOfPath\` returns the bytes for \`node:fs\`, \`shownPath\` a text for printing and storing, and \`pathOfBytes\` a path for the functions here.

Functions that convert start a process from a file of the package, so bundlers must treat \`arke-tiff\` as external: \`esbuild --bundle --platform=node --external:arke-tiff\`. If bundled anyway, they throw an \`ArkeError\` (\`BUNDLED\`). Others, such as \`callbackPayloadSchema\`, work in a bundle.
`;

/** The page, from the sources of a project. */
export function renderLibraryPage(project: string): string {
  const { checker, exported } = readExports(project);
  const section = (title: string, has: (one: Exported) => boolean) =>
    [`## ${title}`, ...exported.filter(has).map((one) => renderExport(one, checker))].join('\n\n');
  const isFunction = ({ declaration }: Exported) => ts.isFunctionDeclaration(declaration);
  const isClass = ({ declaration }: Exported) => ts.isClassDeclaration(declaration);
  const isValue = ({ declaration }: Exported) => ts.isVariableDeclaration(declaration);
  const isType = (one: Exported) => !isFunction(one) && !isClass(one) && !isValue(one);
  return `${[
    intro,
    section('Functions', isFunction),
    section('Values', isValue),
    section('Errors', isClass),
    typesSection(exported.filter(isType), exported, checker),
  ].join('\n\n')}\n`;
}

function readExports(project: string): {
  readonly checker: ts.TypeChecker;
  readonly exported: readonly Exported[];
} {
  const index = join(project, 'src/lib/index.ts');
  const { config } = ts.readConfigFile(join(project, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, project);
  const program = ts.createProgram([index], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(index);
  const module = file && checker.getSymbolAtLocation(file);
  if (!module) throw new Error(`${index} exports nothing.`);
  const exported = checker.getExportsOfModule(module).map((alias) => {
    const symbol = alias.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(alias) : alias;
    const [declaration] = symbol.declarations ?? [];
    if (!declaration) throw new Error(`${alias.name} is declared nowhere.`);
    return { name: alias.name, symbol, declaration };
  });
  return { checker, exported };
}

/** All types in one block: each with its comment, without a heading of its own. */
function typesSection(
  types: readonly Exported[],
  exported: readonly Exported[],
  checker: ts.TypeChecker,
): string {
  const names = new Set(exported.map(({ name }) => name));
  const blocks = types.map(({ symbol, declaration, name }) => {
    const lines = commentOf(symbol, name, checker).split('\n');
    const comment =
      lines.length === 1
        ? `/** ${lines[0]} */`
        : ['/**', ...lines.map((line) => ` * ${line}`.trimEnd()), ' */'].join('\n');
    return `${comment}\n${declarationOf(declaration, checker, names).replace(/^export /, '')}`;
  });
  return ['## Types', fenced(blocks.join('\n\n'))].join('\n\n');
}

function commentOf(symbol: ts.Symbol, name: string, checker: ts.TypeChecker): string {
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  if (comment === '') throw new Error(`${name} has no doc comment.`);
  return comment;
}

function renderExport({ name, symbol, declaration }: Exported, checker: ts.TypeChecker): string {
  const tags = symbol.getJsDocTags(checker);
  const textsOf = (tag: string) =>
    tags.filter((one) => one.name === tag).map((one) => ts.displayPartsToString(one.text));
  const comment = commentOf(symbol, name, checker);
  if (textsOf('example').length === 0) throw new Error(`${name} has no @example.`);
  return [
    `### \`${name}\``,
    joinLines(comment),
    fenced(declarationOf(declaration, checker)),
    ...textsOf('returns').map((text) => `**Returns** ${lowerFirst(joinLines(text))}`),
    ...textsOf('throws').map((text) => `**Throws** ${joinLines(text)}`),
    ...textsOf('example'),
  ].join('\n\n');
}

/**
 * A declaration without what only we need: bodies, private fields, and bases that are not among the
 * names exported.
 */
function declarationOf(
  declaration: ts.Declaration,
  checker: ts.TypeChecker,
  exported: ReadonlySet<string> = new Set(),
): string {
  const text = declaration.getText();
  if (ts.isFunctionDeclaration(declaration)) {
    const end = declaration.body?.getStart() ?? declaration.getEnd();
    return text.slice(0, end - declaration.getStart()).trim();
  }
  if (ts.isVariableDeclaration(declaration)) return declaration.parent.parent.getText();
  if (
    ts.isInterfaceDeclaration(declaration) &&
    !basesOf(declaration).every((base) => exported.has(base))
  )
    return `interface ${declaration.name.text} {\n${fieldsOf(declaration, checker).join('\n')}\n}`;
  if (ts.isTypeAliasDeclaration(declaration) && text.includes('typeof '))
    return `type ${declaration.name.text} = ${typeText(checker.getTypeAtLocation(declaration), declaration, checker)};`;
  if (!ts.isClassDeclaration(declaration)) return text;
  const fields = declaration.members.filter(ts.isPropertyDeclaration);
  const head = text.slice(0, text.indexOf('{')).trim();
  return fields.length === 0
    ? `${head} {}`
    : `${head} {\n${fields.map((one) => `  ${one.getFullText().trim()}`).join('\n')}\n}`;
}

/** The names in an interface's `extends`: of `Partial<EncoderSettings>`, that of the settings. */
function basesOf(declaration: ts.InterfaceDeclaration): string[] {
  const clauses = declaration.heritageClauses?.map((clause) => clause.getText()).join(' ') ?? '';
  return (clauses.match(/\w+/g) ?? []).filter((word) => word !== 'extends' && word !== 'Partial');
}

/** The fields of an interface, inherited ones among them. */
function fieldsOf(declaration: ts.InterfaceDeclaration, checker: ts.TypeChecker): string[] {
  return checker.getPropertiesOfType(checker.getTypeAtLocation(declaration)).map((field) => {
    const comment = ts.displayPartsToString(field.getDocumentationComment(checker));
    const type = typeText(checker.getTypeOfSymbol(field), declaration, checker);
    const isOptional = (field.flags & ts.SymbolFlags.Optional) !== 0;
    const line = `  readonly ${field.name}${isOptional ? '?' : ''}: ${type};`;
    return comment === '' ? line : `  /** ${comment.replaceAll('\n', ' ')} */\n${line}`;
  });
}

/** A type as our sources would write it. */
function typeText(type: ts.Type, place: ts.Node, checker: ts.TypeChecker): string {
  const { NoTruncation, InTypeAlias, UseSingleQuotesForStringLiteralType } = ts.TypeFormatFlags;
  const flags = NoTruncation | InTypeAlias | UseSingleQuotesForStringLiteralType;
  return checker
    .typeToString(type, place, flags)
    .replace(/import\('[^']*'\)\.|import\("[^"]*"\)\./g, '');
}

function fenced(code: string): string {
  return ['```ts', code.replace(/^export /, ''), '```'].join('\n');
}

/** A comment's text with one line for each paragraph, as wide as it may be; lists stay. */
function joinLines(text: string): string {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replace(/\n(?!\s*-)\s*/g, ' '))
    .join('\n\n');
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
