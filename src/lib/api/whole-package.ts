import { existsSync } from 'node:fs';
import { ArkeError } from '../errors.ts';

/**
 * Throws `ArkeError` (`BUNDLED`) if this code is not in its package: a bundler has copied it
 * without the programs of the conversion process, which are files of the package.
 */
export function refuseBundled(): void {
  // A CommonJS bundle has no URL.
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
