/**
 * Puts together what the tests cover in their own process (vitest) and in the packed program that
 * they run (Node's own coverage, mapped back to the sources), and lists the lines that neither ran.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../..', import.meta.url));
const raw = join(project, 'coverage/raw');
const mapped = join(project, 'coverage/program');

/** Coverage in Istanbul's form, as far as it is looked at. */
type Coverage = Record<
  string,
  {
    statementMap: Record<string, { start: { line: number }; end: { line: number } }>;
    s: Record<string, number>;
  }
>;

/** The program ran where it was installed; its files are the project's own, byte for byte. */
function moveHome(): void {
  mkdirSync(mapped, { recursive: true });
  for (const name of readdirSync(raw)) {
    const text = readFileSync(join(raw, name), 'utf8');
    const home = text.replaceAll(/file:\/\/[^"]*\/node_modules\/arke-tiff\//g, `file://${project}`);
    writeFileSync(join(raw, name), home);
  }
  const c8 = join(project, 'node_modules/c8/bin/c8.js');
  const options = ['--temp-directory', raw, '--reports-dir', mapped, '--reporter', 'json'];
  execFileSync(
    process.execPath,
    [c8, 'report', ...options, '--include', 'src/**', '--exclude-after-remap'],
    {
      cwd: project,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
}

/** The lines of a file on which statements begin, and whether they ran. */
function linesOf({ statementMap, s }: Coverage[string]): Map<number, boolean> {
  const lines = new Map<number, boolean>();
  for (const [id, { start }] of Object.entries(statementMap))
    lines.set(start.line, (lines.get(start.line) ?? false) || (s[id] ?? 0) > 0);
  return lines;
}

const read = (path: string): Coverage => JSON.parse(readFileSync(path, 'utf8')) as Coverage;

if (existsSync(raw)) moveHome();
const program = join(mapped, 'coverage-final.json');
const ofProgram = existsSync(program) ? read(program) : {};
let covered = 0;
let all = 0;
for (const [file, coverage] of Object.entries(
  read(join(project, 'coverage/coverage-final.json')),
)) {
  const inProgram = ofProgram[file] ? linesOf(ofProgram[file]) : undefined;
  const lines = [...linesOf(coverage)].map(
    ([line, ran]) => [line, ran || inProgram?.get(line)] as const,
  );
  const missed = lines.filter(([, ran]) => !ran).map(([line]) => line);
  covered += lines.length - missed.length;
  all += lines.length;
  if (missed.length > 0)
    console.log(`  ${relative(project, file)}: ${missed.sort((a, b) => a - b).join(', ')}`);
}
console.log(`Lines that ran in the tests or in the program under test: ${covered} of ${all}`);
