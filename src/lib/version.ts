import { readFileSync } from 'node:fs';
import { packageFile } from './package-file.ts';

/** The version of this package, as its package.json says. */
export function packageVersion(): string {
  const file = packageFile('package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** What the program calls itself towards servers and in provenance. */
export function programName(): string {
  return `arke-tiff/${packageVersion()}`;
}
