import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licences of the npm packages that these files belong to, for people: one section a package. */
export function licencesOf(files: Iterable<string>): string {
  const roots = new Set<string>();
  for (const file of files) {
    const [root] = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(file) ?? [];
    if (root && !file.startsWith('\0')) roots.add(root);
  }
  const sections = [...roots].map(sectionOf).sort();
  return `Packages that the files beside this one hold parts of, and their licences.\n\n${sections.join('\n')}`;
}

function sectionOf(root: string): string {
  const { name, version, license } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as {
    name: string;
    version: string;
    license: string;
  };
  const file = readdirSync(root).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  const text = file && existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '';
  return `## ${name} ${version} (${license})\n\n${text.trim()}\n`;
}
