import { release } from 'node:os';
import { openConverter } from '../lib/convert/process/converter.ts';
import { exitCodes } from '../lib/exit-codes.ts';
import { watchStopSignals } from '../lib/stop.ts';
import { packageVersion } from '../lib/version.ts';
import { withWorkspace } from '../lib/workspace.ts';
import { programArguments } from './arguments.ts';
import { processEnvironment } from './environment.ts';
import { outliveReaders } from './leave.ts';

/**
 * `arke-tiff convert PATH…` and `--version` without oclif, which takes longer to load than a small
 * TIFF to convert. Everything that oclif has words for is left to it: the program that it finds at
 * this address.
 */
export async function startConvert(address: string): Promise<void> {
  const argv = programArguments();
  const [command, ...args] = argv;
  const leave = outliveReaders();
  if (isOrdinary() && argv.length === 1 && isVersion(command)) {
    process.stdout.write(`${versionLine()}\n`);
    return leave.command(exitCodes.ok);
  }
  const exitCode = command === 'convert' && isOrdinary() ? await convert(args) : undefined;
  if (exitCode !== undefined) return leave.command(exitCode);
  const { start } = await import('./start.ts');
  return start(address);
}

/** Whether nobody debugs, and no variable of oclif's is set. */
function isOrdinary(): boolean {
  const special = /^(DEBUG|CLI_FLAGS_DEBUG|ARKE_TIFF_.*|OCLIF_.*)$/;
  return !Object.keys(processEnvironment()).some((name) => special.test(name));
}

const isVersion = (arg: string | undefined) => arg === '--version' || arg === '-v';

/** As oclif shows the version. */
function versionLine(): string {
  const platform = /microsoft/i.test(release()) ? 'wsl' : process.platform;
  return `arke-tiff/${packageVersion()} ${platform}-${process.arch} node-${process.version}`;
}

/**
 * The exit code; undefined, and nothing done, if oclif must read the arguments and nobody has
 * stopped the program meanwhile.
 */
async function convert(args: readonly string[]): Promise<number | undefined> {
  // What shows in an argument: no conversion, or none here.
  const never = /^(--help|-h|--json|--dry-run|-n)$/;
  if (args.length === 0 || args.some((arg) => never.test(arg))) return undefined;
  const stopWatch = watchStopSignals(process.stdout);
  try {
    const exitCode = await withWorkspace(async ({ folder }) => {
      // Before everything else is loaded: it is ready when the first TIFF has been looked at.
      const converter = openConverter(folder);
      converter.versions().catch(() => {});
      try {
        const { convertAtOnce } = await import('./convert-at-once.ts');
        return await convertAtOnce(args, { converter, stopWatch });
      } finally {
        await converter.close();
      }
    }).catch(() => undefined);
    const { aborted, reason } = stopWatch.signal;
    if (exitCode !== undefined || !aborted) return exitCode;
    const { exitCodeOf } = await import('./program-process.ts');
    return exitCodeOf(reason);
  } finally {
    stopWatch.dispose();
  }
}
