import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { TiffPage } from '../../src/lib/convert/header/tiff-header.ts';
import type { Picture } from './pixels.ts';
import { readPpm, readRgba } from './plain-pictures.ts';
import { builtInProfile } from './profiles.ts';

/** Readers of TIFFs that share no code of ours and none of sharp's builds, as Debian has them. */
export const peers = ['vips', 'ImageMagick', 'tiff2rgba'] as const;
export type Peer = (typeof peers)[number];

/** A picture to be read, and a folder of the reader's own for what lies on the way. */
export interface PeerTask {
  readonly path: string;
  /** What the file's directory says of its first page. */
  readonly page: Pick<TiffPage, 'orientation' | 'iccBytes'>;
  readonly folder: string;
}

/**
 * The first page as a peer sees it: upright, 8 bits of sRGB (embedded profiles applied),
 * transparency laid on white. Undefined when the peer cannot read it, or gives up in the middle.
 *
 * Throws when the peer is not installed.
 */
export function renditionBy(peer: Peer, task: PeerTask): Promise<Picture | undefined> {
  return READERS[peer](task);
}

/** What the peers are, for whoever measures them: name and version of each. */
export async function peerVersions(): Promise<string> {
  const lines = await Promise.all([
    execa('vips', ['--version']),
    execa('convert-im6.q16', ['-version']),
    // It has no option for it, but says it beside its usage.
    execa('tiff2rgba', ['-h'], { reject: false }),
  ]);
  return lines
    .map(
      ({ stdout, stderr }) =>
        /(?:vips-|ImageMagick |Version )(\d[\d.-]*\d)/.exec(`${stdout}${stderr}`)?.[1],
    )
    .map((version, i) => `${['vips', 'ImageMagick', 'libtiff'][i]} ${version}`)
    .join(', ');
}

const READERS: Readonly<Record<Peer, (task: PeerTask) => Promise<Picture | undefined>>> = {
  vips: withVips,
  ImageMagick: withImageMagick,
  tiff2rgba: withTiff2rgba,
};

async function withVips({ path, page, folder }: PeerTask): Promise<Picture | undefined> {
  const at = (name: string) => join(folder, name);
  const through = [at('upright.v'), at('srgb.v')];
  const steps = [
    // Its default gives what it could read of a damaged file; a half picture is no rendition.
    ['autorot', `${path}[page=0,fail_on=error]`, at('upright.v')],
    page.iccBytes > 0
      ? [
          'icc_transform',
          ...through,
          'srgb',
          '--embedded',
          '--intent',
          'perceptual',
          '--black-point-compensation',
        ]
      : ['colourspace', ...through, 'srgb'],
  ];
  for (const step of steps) if (!(await succeeds('vips', step))) return undefined;
  const { stdout: bands } = await execa('vipsheader', ['-f', 'bands', at('srgb.v')]);
  const last =
    bands === '4'
      ? ['flatten', at('srgb.v'), at('flat.v'), '--background', '255 255 255']
      : ['extract_band', at('srgb.v'), at('flat.v'), '0', '--n', bands === '2' ? '1' : '3'];
  if (!(await succeeds('vips', last))) return undefined;
  if (!(await succeeds('vips', ['cast', at('flat.v'), at('vips.ppm'), 'uchar']))) return undefined;
  return readPpm(at('vips.ppm'));
}

async function withImageMagick({ path, page, folder }: PeerTask): Promise<Picture | undefined> {
  const at = (name: string) => join(folder, name);
  // Without a target it ignores profiles.
  const colours =
    page.iccBytes > 0 ? ['-profile', await srgbProfile(folder)] : ['-colorspace', 'sRGB'];
  // What the TIFF says of itself would stand in the PPM as comments.
  const white = ['-background', 'white', '-alpha', 'remove', '-alpha', 'off', '-strip'];
  const eightBits = ['-depth', '8', '-type', 'TrueColor', `ppm:${at('magick.ppm')}`];
  const args = [`${path}[0]`, '-auto-orient', ...colours, ...white, ...eightBits];
  return (await succeeds('convert-im6.q16', args)) ? readPpm(at('magick.ppm')) : undefined;
}

async function withTiff2rgba({ path, page, folder }: PeerTask): Promise<Picture | undefined> {
  const at = (name: string) => join(folder, name);
  if (!(await succeeds('tiff2rgba', ['-c', 'none', path, at('rgba.tif')]))) return undefined;
  return readRgba(await readFile(at('rgba.tif')), page.orientation);
}

/** sharp's own sRGB profile, as a file. */
async function srgbProfile(folder: string): Promise<string> {
  const path = join(folder, 'srgb.icc');
  await writeFile(path, await builtInProfile('srgb'));
  return path;
}

/** Whether a program did what it was told; what it says on the way is its own business. */
async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  // With several threads vips sees the end of damaged data or not, as chance has it.
  const env = { VIPS_CONCURRENCY: '1' };
  const result = await execa(program, args, { env, reject: false, timeout: 500_000 });
  if (result.code === 'ENOENT')
    throw new Error(`"${program}" is not installed: see CONTRIBUTING.md, "Build and test".`);
  if (result.timedOut) throw new Error(`"${program} ${args.join(' ')}" came to no end.`);
  return result.exitCode === 0;
}
