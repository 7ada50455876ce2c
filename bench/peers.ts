/** The conversion alone: ours, and what a user would take instead, at the nearest settings. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Peer as Reader } from '../test/support/peers.ts';
import { type JpegCoding, readJpegCoding } from './jpeg-coding.ts';
import { drawTiff } from './measure-work.ts';
import { type Installed, type Programs, peersOf, project } from './peer-programs.ts';
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
      readonly coding: JpegCoding;
      readonly jpegBytes: number;
      /** PSNR to the TIFF's pixels. */
      readonly decibels: number | undefined;
    };

/** How all of them did. */
export interface PeerResults {
  readonly peers: readonly PeerResult[];
  /**
   * Who read the TIFF for PSNR; `undefined` where no such program is installed, and nothing is said
   * of PSNR.
   */
  readonly reader: Reader | undefined;
}

/**
 * Lets all that are installed convert one TIFF, in turn, that often; one more run of each does not
 * count. One that fails in that run is told as absent.
 *
 * @throws Error when a later run fails
 */
export async function measurePeers(
  folder: string,
  { runs, ...programs }: Programs & { readonly runs: number },
): Promise<PeerResults> {
  const tiff = join(folder, 'peers.tif');
  await drawTiff(tiff, tiff24);
  const all: Runner[] = [];
  for (const [index, { name, program, args }] of peersOf(programs).entries()) {
    const jpeg = join(folder, `${index}.jpg`);
    const run = () => runPeer(program, args(tiff, jpeg), folder);
    const version = program?.version ?? '';
    all.push({ name, version, problem: await problemOf(run), jpeg, run, done: [] });
  }
  const able = all.filter(({ problem }) => problem === undefined);
  for (let n = 0; n < runs; n++) for (const peer of able) peer.done.push(await peer.run());
  const { reader, decibelsOf } = await comparison(tiff, folder);
  return { peers: await Promise.all(all.map((peer) => resultOf(peer, decibelsOf))), reader };
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

async function runPeer(
  program: Installed | undefined,
  args: readonly string[],
  folder: string,
): Promise<Metered> {
  if (!program) throw new Error('not installed');
  const env = { PATH: process.env['PATH'] ?? '', TMPDIR: folder };
  const metered = await meter([...program.command, ...args], { env, cwd: project });
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

type Decibels = (jpeg: Buffer) => Promise<number>;

async function resultOf(
  { name, version, problem, jpeg, done }: Runner,
  decibelsOf: Decibels | undefined,
): Promise<PeerResult> {
  if (problem !== undefined) return { name, absent: problem };
  const bytes = await readFile(jpeg);
  return {
    name,
    version,
    wall: spreadOf(done.map(({ wallMs }) => wallMs)),
    cpu: spreadOf(done.map(({ cpuSeconds }) => cpuSeconds)),
    memory: spreadOf(done.map(({ peakBytes }) => peakBytes / 1024 ** 2)),
    coding: readJpegCoding(bytes),
    jpegBytes: bytes.length,
    decibels: await decibelsOf?.(bytes),
  };
}

/**
 * Holds JPEGs against the TIFF as somebody reads it who shares no code with ours. Loaded after
 * everything was measured: sharp in this process would count half in the others' memory.
 */
async function comparison(
  tiff: string,
  folder: string,
): Promise<{ reader: Reader | undefined; decibelsOf: Decibels | undefined }> {
  const { decodeJpeg, psnr } = await import('../test/support/pixels.ts');
  const { renditionBy } = await import('../test/support/peers.ts');
  for (const reader of ['tiff2rgba', 'ImageMagick', 'vips'] as const) {
    const task = { path: tiff, page: { orientation: 1, iccBytes: 0 }, folder };
    const picture = await renditionBy(reader, task).catch(() => undefined);
    if (!picture) continue;
    return { reader, decibelsOf: async (jpeg) => psnr(await decodeJpeg(jpeg), picture) };
  }
  return { reader: undefined, decibelsOf: undefined };
}
