/** What a measurement was made on and with. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The machine, and the versions of what was measured. */
export interface Surroundings {
  readonly machine: string;
  /** Processes that waited for a processor, on average over the last minute. */
  readonly load: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** As they are now. */
export function surroundings(): Surroundings {
  const [cpu] = cpus();
  const memory = (totalmem() / 1024 ** 3).toFixed(0);
  return {
    machine: `${cpus().length} × ${cpu?.model.trim()}, ${memory} GB, Linux ${release()}`,
    load: loadavg()[0] ?? 0,
    versions: {
      'arke-tiff': `${packageVersion('..')} (${commit()})`,
      node: process.version,
      sharp: packageVersion('../node_modules/sharp'),
      '@aws-sdk/client-s3': packageVersion('../node_modules/@aws-sdk/client-s3'),
      miniflare: packageVersion('../node_modules/miniflare'),
    },
  };
}

function packageVersion(folder: string): string {
  const file = new URL(`${folder}/package.json`, import.meta.url);
  return String((JSON.parse(readFileSync(file, 'utf8')) as { version: unknown }).version);
}

function commit(): string {
  const cwd = fileURLToPath(new URL('..', import.meta.url));
  try {
    const args = ['describe', '--always', '--dirty'];
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'no commit';
  }
}
