/** What people convert a folder with, and how it is called. */
import { arkeTiff, imageMagick, type Programs, vips } from './peer-programs.ts';

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
  const [lib, magick] = [vips(), imageMagick()];
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

/** As many at once as ours; `exec`, so that the shell is not counted. */
function loop({ list, jobs }: Places, line: string): readonly string[] {
  return ['xargs', '-0', '-a', list, '-n', '2', '-P', `${jobs}`, 'sh', '-c', `exec ${line}`];
}
