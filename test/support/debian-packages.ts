import { execFileSync } from 'node:child_process';
import { messageOf } from '../../src/lib/errors.ts';

/**
 * Sees that Debian's packages are installed, and installs those that are not: as root, or by sudo
 * where that asks no password. Throws where neither works, and says what to install.
 */
export function installDebianPackages(names: readonly string[]): void {
  const missing = names.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  try {
    aptGet('update', '--quiet');
    aptGet('install', '--quiet', '--yes', '--no-install-recommends', ...missing);
  } catch (cause) {
    const command = `apt-get install ${missing.join(' ')}`;
    throw new Error(
      `Tests compare with programs that are not installed: run "${command}" as root, or install them your system's way. (${messageOf(cause)})`,
      { cause },
    );
  }
}

/** dpkg's own placeholders, for one word: `installed`, or what else became of the package. */
const STATUS_FORMAT = `--showformat=\${db:Status-Status}`;

function isInstalled(name: string): boolean {
  try {
    const status = execFileSync('dpkg-query', ['--show', STATUS_FORMAT, name], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return status === 'installed';
  } catch {
    return false;
  }
}

function aptGet(...args: readonly string[]): void {
  // Two test runs on one machine wait for each other.
  const command = ['apt-get', '-o', 'DPkg::Lock::Timeout=120', ...args];
  const [program = '', ...rest] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command];
  execFileSync(program, rest, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
