import { existsSync } from 'node:fs';
import { ArkeError } from '../errors.ts';

/**
 * Throws `ArkeError` (`BUNDLED`) where this code does not lie in its package: a bundler has copied it, and the programs
 * of the conversion process, which are files of the package, were left behind.
 */
export function refuseBundled(): void {
  // A bundle in CommonJS has no URL.
  const here: unknown = import.meta.url;
  if (typeof here === 'string') {
    const child = `../convert/process/child.${here.endsWith('.ts') ? 'ts' : 'js'}`;
    if (existsSync(new URL(child, here))) return;
  }
  throw new ArkeError(
    'BUNDLED',
    'arke-tiff starts processes from files of its package, so it cannot be bundled. Keep the package "arke-tiff" ' +
      'external (esbuild: --external:arke-tiff) and install it where the bundle runs.',
  );
}
