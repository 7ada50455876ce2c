/**
 * Finds references that lead nowhere: links and their anchors in pages, files and headings that
 * comments and pages name, and mentions of documents outside this repository. `npm run lint` runs
 * it; without an argument it checks this project.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAGES = ['*.md', 'docs/**/*.md', 'test/**/*.md'];
const CODE = [
  '{src,test,bench,build,docs,bin,.ci}/**/*.{ts,js,mjs,css,grit}',
  ...['*.ts', '*.toml', 'biome.json', 'Dockerfile', '.ci/run'],
];

/** What a repository that explains itself does not cite, and what to cite in its place. */
const OUTSIDE = [
  [/\bthe\s+design(?:['’]s)?\b/gi, 'cite a heading of docs/policies.md'],
  [/\bissues?\s+#?\d+\b|\bthe issue\s+["“]/gi, 'say what it says, or cite a page of docs'],
  [/\bcontract:\s+["“]/gi, 'cite docs/contract.md, "Heading"'],
  [/(?<![\w.])\/work\/|\.library\b/g, 'this folder exists on no other machine'],
];

/** The project's files below a folder, as paths with `/`. */
function filesOf(root, patterns) {
  return globSync(patterns, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/'))
    .sort();
}

/** Text of the same length without what `pattern` matches: positions and lines stay. */
function blanked(text, pattern) {
  return text.replace(pattern, (found) => found.replace(/[^\n]/g, ' '));
}

/** A page without its examples, which quote what they like. */
const prose = (text) => blanked(text, /^```[\s\S]*?^```/gm);

/**
 * The comments of a source file, without their marks, so that a sentence goes on from line to line.
 */
function comments(text) {
  const lines = blanked(text, /^(?!\s*(?:\/\/|\/\*|\*|#)).*$/gm);
  return lines.replace(/^\s*(?:\/\/+|\/\*+|\*+\/?|#+)/gm, (mark) => mark.replace(/[^\n]/g, ' '));
}

const bare = (heading) => heading.replaceAll('`', '').replace(/\s+/g, ' ').trim();

/**
 * The anchors that GitHub gives to headings: of several with one name the later ones are numbered.
 */
function anchorsOf(headings) {
  const seen = new Map();
  return headings.map((heading) => {
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
}

/** The headings of a page; undefined where there is no such page. */
function headingsOf(root, page) {
  const path = join(root, page);
  if (!existsSync(path)) return undefined;
  const text = prose(readFileSync(path, 'utf8'));
  return [...text.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading]) => bare(heading));
}

/** Links in a page: relative ones must have their file, and anchors their heading. */
function* brokenLinks(root, page, text) {
  for (const { index, 1: link } of text.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)) {
    const [path, anchor] = link.split('#');
    const target = path ? normalize(join(dirname(page), decodeURI(path))) : page;
    if (!existsSync(join(root, target))) yield [index, `links to ${target}, which is not there`];
    else if (anchor && target.endsWith('.md')) {
      if (!anchorsOf(headingsOf(root, target)).includes(anchor))
        yield [index, `links to #${anchor}, and ${target} has no such heading`];
    }
  }
}

const PATH =
  /(?<![\w./-])((?:src|test|bench|docs|build|bin|\.ci)\/[\w./-]*\w\.(?:ts|m?js|md|json|css))\b/g;
const HEADING =
  /(?:(README|CONTRIBUTING|SECURITY)(?:\.md)?(?:['’]s \w+)?|([\w/.-]+\.md)\)?),?\s+["“]([^"”]+)["”]/g;

/** Files and headings that a text names. */
function* brokenNames(root, file, text) {
  for (const { index, 1: path } of text.matchAll(PATH))
    if (!existsSync(join(root, path))) yield [index, `names ${path}, which is not there`];
  for (const { index, 1: top, 2: path, 3: heading } of text.matchAll(HEADING)) {
    const beside = path && join(dirname(file), path);
    const page = top ? `${top}.md` : [path, beside].find((at) => existsSync(join(root, at)));
    const headings = page && headingsOf(root, page);
    if (!headings?.includes(bare(heading)))
      yield [index, `cites ${page ?? path}, "${bare(heading)}", which is not there`];
  }
}

/** Source files that a text names by the end of their path, as `plan/plan.ts`. */
function* brokenEnds(files, text) {
  for (const { index, 1: dots, 2: end } of text.matchAll(
    /`((?:\.{1,2}\/)*)([\w/-]+\.(?:ts|mjs))`/g,
  ))
    if (!files.some((file) => file === end || file.endsWith(`/${end}`)))
      yield [index, `names ${dots}${end}, which is not there`];
}

function* outsiders(text) {
  for (const [pattern, remedy] of OUTSIDE)
    for (const { index, 0: found } of text.matchAll(pattern))
      yield [index, `says "${found.replace(/\s+/g, ' ')}": ${remedy}`];
}

/** Everything below a project's folder that refers to nothing, as `path:line: what`. */
function brokenReferences(root) {
  const found = new Set();
  const sources = filesOf(root, CODE);
  const check = (file, text, ...more) => {
    const named = [brokenNames(root, file, text), brokenEnds(sources, text), outsiders(text)];
    for (const problems of [...more, ...named])
      for (const [index, problem] of problems)
        found.add(`${file}:${text.slice(0, index).split('\n').length}: ${problem}`);
  };
  for (const page of filesOf(root, PAGES)) {
    const text = prose(readFileSync(join(root, page), 'utf8'));
    check(page, text, brokenLinks(root, page, text));
  }
  for (const file of sources) {
    const whole = readFileSync(join(root, file), 'utf8');
    check(file, file.endsWith('.json') || file.endsWith('.grit') ? whole : comments(whole));
  }
  return [...found];
}

const root = process.argv[2] ?? fileURLToPath(new URL('../..', import.meta.url));
const broken = brokenReferences(root);
for (const line of broken) console.error(line);
if (broken.length > 0) console.error(`${broken.length} references lead nowhere.`);
process.exitCode = Number(broken.length > 0);
