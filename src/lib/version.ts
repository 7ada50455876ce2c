import { readFileSync } from 'node:fs';
import { packageFile } from './package-file.ts';

/** The version in this package's package.json. */
export function packageVersion(): string {
  const file = packageFile('package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The program's name and version for servers and provenance. */
export function programName(): string {
  return `arke-tiff/${packageVersion()}`;
}
