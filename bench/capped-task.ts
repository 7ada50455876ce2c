/** Whole tasks under a memory cap: which, and how one of them is run. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import sharp from 'sharp';
import type { Sandbox } from '../src/dev/sandbox/sandbox.ts';
import { closeStorage, openStorage } from '../src/lib/storage/client.ts';
import { uploadFile } from '../src/lib/storage/upload.ts';
import { makeCap } from '../test/support/memory-cap.ts';
import { makeTiffFile } from './make-tiff.ts';
import { nameOf, type TiffSpec } from './tiff-spec.ts';

/** A TIFF and the cores that its task gets. */
export interface CappedCase extends TiffSpec {
  readonly cpus: number;
  /** 1 GB, as on the contract's machine, unless told. */
  readonly capMB?: number;
}

const of = (megapixels: number, rest: Omit<TiffSpec, 'megapixels'>, cpus = 2): CappedCase => ({
  megapixels,
  ...rest,
  cpus,
});
const rgb = { kind: 'rgb', bits: 8 } as const;
const rgb16 = { kind: 'rgb', bits: 16 } as const;
const grey = { kind: 'grey', bits: 8 } as const;
const grey16 = { kind: 'grey', bits: 16 } as const;
const cmyk = { kind: 'cmyk', bits: 8 } as const;

/**
 * Each size, compression, layout, orientation and kind of pixels, and each pair of them that may
 * matter: what is held whole (compressed single strips, turned pictures) with what makes it large.
 */
export const cappedCases: readonly CappedCase[] = [
  of(24, { ...rgb, compression: 'lzw', layout: 'strips', orientation: 1 }),
  of(24, { ...cmyk, compression: 'deflate', layout: 'tiles', orientation: 6 }),
  of(120, { ...rgb, compression: 'deflate', layout: 'one strip', orientation: 1 }),
  of(120, { ...rgb16, compression: 'lzw', layout: 'strips', orientation: 6 }),
  of(120, { ...grey, compression: 'none', layout: 'tiles', orientation: 6 }),
  of(200, { ...rgb, compression: 'deflate', layout: 'one strip', orientation: 6 }),
  of(250, { ...rgb, compression: 'lzw', layout: 'tiles', orientation: 1 }),
  of(250, { ...grey16, compression: 'deflate', layout: 'strips', orientation: 6 }),
  of(250, { ...cmyk, compression: 'none', layout: 'strips', orientation: 1 }),
  of(250, { ...rgb, compression: 'none', layout: 'one strip', orientation: 1 }),
  of(500, { ...rgb, compression: 'none', layout: 'one strip', orientation: 6 }),
  of(500, { ...rgb, compression: 'lzw', layout: 'strips', orientation: 1 }),
  of(500, { ...grey, compression: 'deflate', layout: 'tiles', orientation: 6 }),
  of(60, { ...rgb, compression: 'lzw', layout: 'strips', orientation: 1 }, 0.25),
  of(60, { ...rgb, compression: 'none', layout: 'tiles', orientation: 6 }, 0.25),
];

/** A case as a few words. */
export function describeCase({ cpus, ...spec }: CappedCase): string {
  return `${nameOf(spec)}, ${cpus} cores`;
}

const program = fileURLToPath(new URL('../bin/run.js', import.meta.url));
const MEGABYTES = 1024;

/** How a task under the cap ended. */
export interface CappedRun {
  readonly exitCode: number | undefined;
  readonly log: string;
  /** The bodies that were called back. */
  readonly bodies: readonly Record<string, unknown>[];
  /** Pixels of the JPEG in R2, as it is to be seen. */
  readonly seen: { readonly width: number; readonly height: number } | undefined;
  readonly oomKills: number;
  /** A row of a Markdown table. */
  readonly row: string;
}

/**
 * Draws the TIFF, puts it into R2, and runs its task under the cap; `env` adds to the task's own.
 */
export async function runCapped(
  sandbox: Sandbox,
  one: CappedCase,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CappedRun> {
  const name = nameOf(one);
  const key = `capped/${one.cpus}/${name}.tif`;
  const path = join(folder, `${name}.tif`);
  await makeTiffFile(path, one);
  await upload(sandbox, path, key);
  await rm(path);
  await using cap = makeCap({ megabytes: one.capMB ?? MEGABYTES, cpus: one.cpus });
  const [batch, task] = ['capped', `${one.cpus}-${name}`];
  const [command, ...args] = cap.wrap([process.execPath, program, 'run']);
  const { exitCode, stdout: log } = await execa(command, args, {
    env: {
      PATH: process.env['PATH'],
      TMPDIR: folder,
      ...sandbox.environment(batch, task, key),
      ...env,
    },
    extendEnv: false,
    reject: false,
  });
  const bodies = (await sandbox.callbacks(batch, task)).map(
    ({ body }) => JSON.parse(body) as Record<string, unknown>,
  );
  const outputKey = String(bodies[0]?.['output_r2_key'] ?? '');
  const seen = outputKey ? await sizeOf(sandbox, outputKey) : undefined;
  await sandbox.deleteObject(key);
  if (outputKey) await sandbox.deleteObject(outputKey);
  const row = rowOf(one, log, { status: bodies[0]?.['status'], peakMB: cap.peakMB() });
  return { exitCode, log, bodies, seen, oomKills: cap.oomKills(), row };
}

async function upload(sandbox: Sandbox, path: string, key: string): Promise<void> {
  const { endpoint, bucket, credentials } = sandbox;
  const storage = await openStorage({ endpoint, bucket, ...credentials });
  try {
    const condition = { kind: 'absent' } as const;
    await uploadFile(storage, { path, key, contentType: 'image/tiff', condition });
  } finally {
    closeStorage(storage);
  }
}

async function sizeOf(sandbox: Sandbox, key: string) {
  const jpeg = await sandbox.getObject(key);
  const { width, height } = await sharp(jpeg?.bytes, { limitInputPixels: false }).metadata();
  return { width, height };
}

function rowOf(
  one: CappedCase,
  log: string,
  { status, peakMB }: { status: unknown; peakMB: number },
): string {
  const [, plan = '–', memory = '–', , peak = '–', cpu = '–'] =
    /Done as (.*?) \(.*predicted (\d+) MB and ([\d.]+) CPU-s, measured (\d+) MB and ([\d.]+) CPU-s/.exec(
      log,
    ) ?? [];
  const [, total = '–'] = /Success in (\d+)ms/.exec(log) ?? [];
  const cells = [
    nameOf(one),
    one.cpus,
    status,
    plan,
    `${memory} MB`,
    `${peak} MB`,
    `${peakMB} MB`,
    `${cpu} s`,
    `${total} ms`,
  ];
  return `| ${cells.join(' | ')} |`;
}
