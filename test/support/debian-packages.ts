import { execFileSync, spawnSync } from 'node:child_process';

/**
 * Sees that programs of Debian (or Ubuntu) are there, and installs the packages that are not: as root, or
 * by sudo where it asks for no password. Throws an error that names what to install when it cannot.
 */
export function installDebianPackages(names: readonly string[]): void {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  const [command = '', ...args] = [...sudo, 'env', 'DEBIAN_FRONTEND=noninteractive', ...install];
  try {
    execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  } catch (cause) {
    throw new Error(
      `The tests need ${missing.join(', ')}, which could not be installed. ` +
        `Run "apt-get update && apt-get install ${missing.join(' ')}" as root.`,
      { cause },
    );
  }
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
  return /^Status: .* installed$/m.test(stdout ?? '');
}
