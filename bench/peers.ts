/** The conversion alone: ours, and what a user would take instead, at the nearest settings. */
import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { drawTiff } from './measure-work.ts';
import { type Metered, meter } from './process-meter.ts';
import { type Spread, spreadOf } from './sample.ts';
import { tiff24 } from './works.ts';

/** How a program did. */
export type PeerResult =
  | { readonly name: string; readonly absent: string }
  | {
      readonly name: string;
      readonly version: string;
      readonly wall: Spread;
      readonly cpu: Spread;
      readonly memory: Spread;
      readonly jpegBytes: number;
      /** PSNR to the TIFF's pixels. */
      readonly decibels: number;
    };

interface Peer {
  readonly name: string;
  readonly command: (tiff: string, jpeg: string) => readonly string[];
  /** Prints its version in the first line; it is not installed when this cannot be run. */
  readonly version: readonly string[];
}

const project = fileURLToPath(new URL('..', import.meta.url));

/** The contract's two lines, from a file to a file. */
const SNIPPET = `import sharp from 'sharp';
const [tiff, jpeg] = process.argv.slice(1);
await sharp(tiff).jpeg({ quality: 95, mozjpeg: true }).toFile(jpeg);`;

function peersOf(node: string, program: string): Peer[] {
  const ours = (effort: string): Peer => ({
    name: `arke-tiff, \`${effort}\``,
    command: (tiff, jpeg) => [
      node,
      program,
      'convert',
      tiff,
      '--output',
      jpeg,
      '--force',
      '--effort',
      effort,
    ],
    version: [node, program, '--version'],
  });
  return [
    ...['max', 'balanced', 'fast'].map(ours),
    {
      name: 'sharp, as the contract calls it',
      command: (tiff, jpeg) => [node, '--input-type=module', '--eval', SNIPPET, tiff, jpeg],
      version: [node, '--print', 'require("sharp").versions.sharp'],
    },
    {
      name: 'vips',
      command: (tiff, jpeg) => [
        'vips',
        'jpegsave',
        tiff,
        jpeg,
        '--Q',
        '95',
        '--subsample-mode',
        'on',
      ],
      version: ['vips', '--version'],
    },
    {
      name: 'ImageMagick',
      command: (tiff, jpeg) => [
        'convert-im6.q16',
        tiff,
        '-quality',
        '95',
        '-sampling-factor',
        '4:2:0',
        jpeg,
      ],
      version: ['convert-im6.q16', '--version'],
    },
    {
      name: 'sharp-cli',
      command: (tiff, jpeg) => [
        'sharp',
        '--input',
        tiff,
        '--output',
        jpeg,
        '--quality',
        '95',
        '--mozjpeg',
        '--format',
        'jpeg',
      ],
      version: ['sharp', '--version'],
    },
  ];
}

/**
 * Lets all that are installed convert one TIFF, in turn, that often; one more run of each does not count.
 * One that fails in that run is told as absent.
 *
 * @throws Error when a later run fails
 */
export async function measurePeers(
  folder: string,
  { node, program, runs }: { node: string; program: string; runs: number },
): Promise<PeerResult[]> {
  const tiff = join(folder, 'peers.tif');
  await drawTiff(tiff, tiff24);
  const peers: Runner[] = [];
  for (const [index, peer] of peersOf(node, program).entries()) {
    const jpeg = join(folder, `${index}.jpg`);
    const run = () => runPeer(peer.command(tiff, jpeg), folder);
    const version = versionOf(peer);
    const problem = version === undefined ? 'not installed' : await problemOf(run);
    peers.push({ name: peer.name, version: version ?? '', problem, jpeg, run, done: [] });
  }
  const able = peers.filter(({ problem }) => problem === undefined);
  for (let n = 0; n < runs; n++) for (const peer of able) peer.done.push(await peer.run());
  const decibelsOf = await comparison(tiff);
  return Promise.all(peers.map((peer) => resultOf(peer, decibelsOf)));
}

interface Runner {
  readonly name: string;
  readonly version: string;
  /** Why it cannot be measured. */
  readonly problem: string | undefined;
  readonly jpeg: string;
  readonly run: () => Promise<Metered>;
  readonly done: Metered[];
}

async function runPeer(command: readonly string[], folder: string): Promise<Metered> {
  const env = { PATH: process.env['PATH'] ?? '', TMPDIR: folder };
  // The contract's lines find sharp from there.
  const metered = await meter(command, { env, cwd: project });
  if (metered.exitCode !== 0)
    throw new Error(`exit code ${metered.exitCode}: ${metered.output.trim().split('\n')[0]}`);
  return metered;
}

async function problemOf(run: () => Promise<Metered>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function resultOf(
  { name, version, problem, jpeg, done }: Runner,
  decibelsOf: (jpeg: string) => Promise<number>,
): Promise<PeerResult> {
  if (problem !== undefined) return { name, absent: problem };
  const { size: jpegBytes } = await stat(jpeg);
  return { name, version, ...spreads(done), jpegBytes, decibels: await decibelsOf(jpeg) };
}

function spreads(runs: readonly Metered[]): { wall: Spread; cpu: Spread; memory: Spread } {
  return {
    wall: spreadOf(runs.map(({ wallMs }) => wallMs)),
    cpu: spreadOf(runs.map(({ cpuSeconds }) => cpuSeconds)),
    memory: spreadOf(runs.map(({ peakBytes }) => peakBytes / 1024 ** 2)),
  };
}

function versionOf({ version: [command = '', ...args] }: Peer): string | undefined {
  try {
    const said = execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: 'pipe' });
    return said.split('\n')[0];
  } catch {
    return undefined;
  }
}

/** Loaded after everything was measured: sharp in this process would count half in the others' memory. */
async function comparison(tiff: string): Promise<(jpeg: string) => Promise<number>> {
  const { default: sharp } = await import('sharp');
  const { decodeJpeg, psnr } = await import('../test/support/pixels.ts');
  const { data, info } = await sharp(tiff).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  return async (jpeg) => psnr(await decodeJpeg(jpeg), { width, height, channels, data });
}
