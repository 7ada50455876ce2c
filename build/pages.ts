/**
 * Makes the pages for browsers, each script and style sheet in one file that loads nothing from
 * elsewhere, into `dist/bundle`. A part of the build.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type OutputChunk, rolldown } from 'rolldown';

const project = fileURLToPath(new URL('..', import.meta.url));
const sources = `${project}src`;
const folder = `${project}dist/bundle`;

/** What a page is made of. */
interface Page {
  /** Of the file that is made. */
  readonly name: string;
  /** Where its `main.ts` and `page.html` are, below `src`. */
  readonly source: string;
  /** Below `src`, in this order: what comes later counts more. */
  readonly styles: readonly string[];
  /** What it may load and call besides its own script and style. */
  readonly policy: readonly string[];
}

const pages: readonly Page[] = [
  {
    // `report/html.ts` fills it in. Pictures are in the page, or files beside it.
    name: 'report',
    source: 'lib/report/page',
    styles: [
      'lib/browser/styles/base.css',
      ...['overview', 'marks', 'table', 'detail'].map((one) => `lib/report/page/styles/${one}.css`),
      ...['lib/browser/styles/slider.css', 'lib/report/page/styles/media.css'],
    ],
    policy: ["img-src data: file: 'self'"],
  },
  {
    // Served by `arke-tiff dev`, whose answers are all that it asks for.
    name: 'dev',
    source: 'dev/page',
    styles: [
      ...['lib/browser/styles/base.css', 'lib/browser/styles/slider.css'],
      ...['frame', 'overview', 'list', 'side', 'task', 'callbacks', 'media'].map(
        (one) => `dev/page/styles/${one}.css`,
      ),
    ],
    policy: ["connect-src 'self'", "img-src 'self' data: blob:"],
  },
];

mkdirSync(folder, { recursive: true });
for (const page of pages) writeFileSync(`${folder}/${page.name}.html`, await htmlOf(page));

async function htmlOf({ source, styles, policy }: Page): Promise<string> {
  const script = await scriptOf(`${sources}/${source}/main.ts`);
  const style = styles.map((path) => readFileSync(`${sources}/${path}`, 'utf8')).join('');
  const parts: Readonly<Record<string, string>> = {
    POLICY: policyOf(script, style, policy),
    STYLE: style,
    SCRIPT: script,
  };
  return readFileSync(`${sources}/${source}/page.html`, 'utf8').replace(
    /\/\*([A-Z]+)\*\//g,
    (_, name: string) => parts[name] ?? '',
  );
}

async function scriptOf(input: string): Promise<string> {
  const build = await rolldown({ input, cwd: project, platform: 'browser' });
  const { output } = await build.generate({ format: 'iife', minify: false });
  const [{ code }] = output.filter((part): part is OutputChunk => part.type === 'chunk') as [
    OutputChunk,
  ];
  return code;
}

/** Nothing may run or be loaded but the page's own. */
function policyOf(script: string, style: string, more: readonly string[]): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    ...more,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/** As a policy names what stands in a page. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
