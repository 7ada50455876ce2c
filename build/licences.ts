import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of the npm packages that these files belong to, for people: one section a package.
 */
export function licencesOf(files: Iterable<string>): string {
  const roots = new Set<string>();
  for (const file of files) {
    const [root] = /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(file) ?? [];
    if (root && !file.startsWith('\0')) roots.add(root);
  }
  const sections = [...roots].map(sectionOf).sort();
  return `Packages that the files beside this one hold parts of, and their licences.\n\n${sections.join('\n')}`;
}

interface Package {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string;
  readonly repository?: string | { readonly url: string };
}

function sectionOf(root: string): string {
  const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Package;
  const file = readdirSync(root).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry));
  const text = file ? readFileSync(join(root, file), 'utf8') : withoutText(about);
  return `## ${about.name} ${about.version} (${about.license})\n\n${text.trim()}\n`;
}

/** Some packages only name their licence: then it is said whose work it is. */
function withoutText({ author, repository }: Package): string {
  const address = typeof repository === 'string' ? repository : repository?.url;
  return `By ${author ?? 'the contributors'}; ${address ?? 'no address given'}. The package has no text of its licence.`;
}
