/** What a user would take instead of ours, where it is installed, and how it is called. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program with settings. */
export interface Peer {
  readonly name: string;
  /** Without the arguments; `undefined` when it is not installed. */
  readonly program: Installed | undefined;
  readonly args: (tiff: string, jpeg: string) => readonly string[];
}

/** A program that can be run. */
export interface Installed {
  readonly command: readonly string[];
  /** With its name. */
  readonly version: string;
}

/** Where programs are that are not looked for on PATH alone. */
export interface Programs {
  /** Node.js itself, as a file that only the measured processes use. */
  readonly node: string;
  /** Ours. */
  readonly program: string;
  /** The `sharp` of the npm package sharp-cli; without it the one on PATH. */
  readonly sharpCli?: string | undefined;
}

/** Where the contract's lines find sharp. */
export const project = fileURLToPath(new URL('..', import.meta.url));

/** The contract's two lines, from a file to a file. */
const SNIPPET = `import sharp from 'sharp';
const [tiff, jpeg] = process.argv.slice(1);
await sharp(tiff).jpeg({ quality: 95, mozjpeg: true }).toFile(jpeg);`;

/** All that are measured. */
export function peersOf(programs: Programs): Peer[] {
  return [...ours(programs), ...sharps(programs), ...withoutMozjpeg()];
}

/** Ours. */
export function arkeTiff({ node, program }: Programs): Installed | undefined {
  return installed([[node, program]], /arke-tiff\/(\S+)/, 'arke-tiff');
}

/** libvips' own program. */
export function vips(): Installed | undefined {
  return installed([['vips']], /vips-(\S+)/, 'vips');
}

/** By its newest name that is there. */
export function imageMagick(): Installed | undefined {
  const names = [['magick'], ['convert-im6.q16'], ['convert']];
  return installed(names, /ImageMagick (\S+)/, 'ImageMagick');
}

/** ImageMagick's program for many files. */
export function mogrify(): Installed | undefined {
  const names = [['magick', 'mogrify'], ['mogrify-im6.q16'], ['mogrify']];
  return installed(names, /ImageMagick (\S+)/, 'ImageMagick');
}

function ours(programs: Programs): Peer[] {
  const program = arkeTiff(programs);
  return ['max', 'balanced', 'fast'].map((effort) => ({
    name: `arke-tiff, \`${effort}\``,
    program,
    args: (tiff, jpeg) => [
      ...['convert', tiff, '--output', jpeg, '--force'],
      ...['--effort', effort],
    ],
  }));
}

function sharps({ node, sharpCli }: Programs): Peer[] {
  const version = sharpVersion(node, project);
  const command = [node, '--input-type=module', '--eval', SNIPPET];
  return [
    {
      name: 'sharp, as the contract calls it',
      program: version === undefined ? undefined : { command, version },
      args: (tiff, jpeg) => [tiff, jpeg],
    },
    {
      name: 'sharp-cli, with the same settings',
      program: findSharpCli(node, sharpCli),
      args: (tiff, jpeg) => [
        ...['--input', tiff, '--output', jpeg, '--format', 'jpeg'],
        ...['--quality', '95', '--mozjpeg'],
      ],
    },
  ];
}

/**
 * In three ways: as they are at this quality, which is without chroma subsampling; then by its name
 * like `fast`; then as near to mozjpeg's `max` as they come.
 */
function withoutMozjpeg(): Peer[] {
  return [
    ...inThreeWays({
      name: 'vips',
      program: vips(),
      args: (tiff, jpeg, more) => ['jpegsave', tiff, jpeg, '--Q', '95', ...more],
      subsampled: ['--subsample-mode', 'on'],
      progressive: ['--optimize-coding', '--interlace'],
    }),
    ...inThreeWays({
      name: 'ImageMagick',
      program: imageMagick(),
      args: (tiff, jpeg, more) => [tiff, '-quality', '95', ...more, jpeg],
      subsampled: ['-sampling-factor', '4:2:0'],
      // Its coding is optimised anyway.
      progressive: ['-interlace', 'Plane'],
    }),
  ];
}

interface Ways extends Pick<Peer, 'name' | 'program'> {
  readonly args: (tiff: string, jpeg: string, more: readonly string[]) => readonly string[];
  readonly subsampled: readonly string[];
  readonly progressive: readonly string[];
}

function inThreeWays({ name, program, args, subsampled, progressive }: Ways): Peer[] {
  const way = (how: string, more: readonly string[]): Peer => ({
    name: `${name}${how}`,
    program,
    args: (tiff, jpeg) => args(tiff, jpeg, more),
  });
  return [
    way('', []),
    way(', 4:2:0', subsampled),
    way(', 4:2:0, progressive', [...subsampled, ...progressive]),
  ];
}

/** The first of these commands that tells the version of the program which is looked for. */
function installed(
  commands: readonly (readonly string[])[],
  version: RegExp,
  name: string,
): Installed | undefined {
  for (const command of commands) {
    const [, number] = version.exec(saidBy([...command, '--version'], project) ?? '') ?? [];
    if (number) return { command, version: `${name} ${number}` };
  }
  return undefined;
}

/**
 * A script of Node.js is run by the Node.js of all others; one in a shell, as some package managers
 * have it, by itself.
 */
function findSharpCli(node: string, given: string | undefined): Installed | undefined {
  const path = given ?? onPath('sharp');
  if (path === undefined) return undefined;
  const script = realpathSync(path);
  const command = /\.[cm]?js$/.test(script) ? [node, script] : [path];
  const found = installed([command], /^(\d+\.\S+)/, 'sharp-cli');
  // It brings a sharp of its own.
  const sharp = sharpVersion(node, dirname(script));
  return found && sharp ? { command, version: `${found.version} (${sharp})` } : found;
}

/** Of the sharp that scripts in a folder find. */
function sharpVersion(node: string, folder: string): string | undefined {
  const said = saidBy([node, '--print', 'require("sharp").versions.sharp'], folder);
  return said ? `sharp ${said.trim()}` : undefined;
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function saidBy([command = '', ...args]: readonly string[], cwd: string): string | undefined {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return undefined;
  }
}
