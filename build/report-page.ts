/**
 * Makes the page of HTML reports, all but its data: script and style sheet in one file that loads nothing. A part
 * of the build: `src/lib/report/html.ts` fills it in.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, rolldown } from 'rolldown';

const project = fileURLToPath(new URL('..', import.meta.url));
const source = `${project}src/lib/report/page`;
const folder = `${project}dist/bundle`;

/** In this order: what comes later counts more. */
const STYLES = ['base', 'overview', 'marks', 'table', 'detail', 'media'];

const build = await rolldown({ input: `${source}/main.ts`, cwd: project, platform: 'browser' });
const { output } = await build.generate({ format: 'iife', minify: false });
const [{ code }] = output.filter((part): part is OutputChunk => part.type === 'chunk') as [
  OutputChunk,
];
const style = STYLES.map((name) => readFileSync(`${source}/styles/${name}.css`, 'utf8')).join('');

/** Nothing may run or be loaded but this; pictures are in the page, or files beside it. */
const policy = [
  "default-src 'none'",
  `script-src '${hashOf(code)}'`,
  `style-src '${hashOf(style)}'`,
  "img-src data: file: 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const parts: Readonly<Record<string, string>> = { POLICY: policy, STYLE: style, SCRIPT: code };
const page = readFileSync(`${source}/page.html`, 'utf8').replace(
  /\/\*([A-Z]+)\*\//g,
  (_, name: string) => parts[name] ?? '',
);
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/report.html`, page);

/** As a policy names what stands in a page. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
