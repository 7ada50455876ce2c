/** What people convert a folder with, and how it is called. */
import { arkeTiff, imageMagick, mogrify, type Programs, project, vips } from './peer-programs.ts';

/** A way to convert a folder. */
export interface CollectionPeer {
  readonly name: string;
  readonly version: string | undefined;
  /** The whole command. */
  readonly command: readonly string[];
}

/** Where the TIFFs are and the JPEGs go, and how many are converted at once. */
export interface Places {
  readonly tiffs: string;
  readonly jpegs: string;
  /** Pairs of paths, each ended by a NUL. */
  readonly list: string;
  readonly jobs: number;
}

/** All ways; of those that are not installed the version is unknown. */
export function collectionPeers(programs: Programs, places: Places): CollectionPeer[] {
  const { tiffs, jpegs, jobs } = places;
  const ours = arkeTiff(programs);
  const [lib, magick, many] = [vips(), imageMagick(), mogrify()];
  const convert = (effort: string): CollectionPeer => ({
    name: `\`arke-tiff convert\`, \`${effort}\``,
    version: ours?.version,
    command: [
      ...(ours?.command ?? []),
      ...['convert', tiffs, '--out-dir', jpegs, '--jobs', `${jobs}`, '--effort', effort, '--quiet'],
    ],
  });
  return [
    convert('fast'),
    convert('balanced'),
    convert('max'),
    {
      name: '`xargs vips jpegsave`',
      version: lib?.version,
      command: loop(places, `${lib?.command.join(' ')} jpegsave "$0" "$1" --Q 95 ${VIPS}`),
    },
    {
      name: 'sharp in one process',
      version: 'sharp',
      command: [programs.node, '--input-type=module', '--eval', SHARP, places.list, `${jobs}`],
    },
    {
      name: '`xargs mogrify`, 50 at a time',
      version: many?.version,
      command: batches(places, `${many?.command.join(' ')} -path "$0" -format jpg ${MOGRIFY} "$@"`),
    },
    {
      name: '`xargs convert` (ImageMagick)',
      version: magick?.version,
      command: loop(places, `${magick?.command.join(' ')} "$0" -quality 95 ${MAGICK} "$1"`),
    },
  ];
}

/**
 * Turned upright and with the chroma subsampling that ours has; the first page where there are
 * several.
 */
const VIPS = '--subsample-mode on';
const MAGICK = '-auto-orient -sampling-factor 4:2:0';

const MOGRIFY = `-quality 95 ${MAGICK}`;

/** What sharp alone takes, as `fast` calls it: no plan, no record, no separate process. */
const SHARP = `import { readFileSync } from 'node:fs';
import sharp from '${project}node_modules/sharp/dist/index.mjs';
const [list, jobs] = process.argv.slice(1);
const paths = readFileSync(list, 'utf8').split('\\0');
const fast = { quality: 95, chromaSubsampling: '4:2:0', quantisationTable: 3, optimiseCoding: false };
let next = 0;
await Promise.all(Array.from({ length: Number(jobs) }, async () => {
  for (let i = next++ * 2; paths[i + 1]; i = next++ * 2)
    await sharp(paths[i]).autoOrient().jpeg(fast).toFile(paths[i + 1]).catch(() => {});
}));`;

/** As many at once as ours, 50 TIFFs in each process. */
function batches({ tiffs, jpegs, jobs }: Places, line: string): readonly string[] {
  const shell = `find '${tiffs}' -name '*.tif' -print0 | xargs -0 -n 50 -P ${jobs} sh -c 'exec ${line}' '${jpegs}'`;
  return ['sh', '-c', shell];
}

/** As many at once as ours; `exec`, so that the shell is not counted. */
function loop({ list, jobs }: Places, line: string): readonly string[] {
  return ['xargs', '-0', '-a', list, '-n', '2', '-P', `${jobs}`, 'sh', '-c', `exec ${line}`];
}
