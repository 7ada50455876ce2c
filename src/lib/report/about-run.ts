import type { FileRecord } from '../collection/events.ts';
import type { EncoderSettings } from '../convert/encoder-settings.ts';
import type { LikenessBounds } from '../convert/verify/likeness.ts';
import { commonFolder } from './common-folder.ts';
import { jpegsOf } from './doubt.ts';
import type { AboutRun } from './page-data.ts';
import type { ReportRun } from './report.ts';

/** Folders that are named one by one; more are named by the folder that all are in. */
const NAMED = 3;

/**
 * What the head of a report says of its run, in order: where it read and wrote, how it was started,
 * by which programs and with which settings. `libraries` made the pixels, if that is known.
 */
export function aboutRun(run: ReportRun, libraries: string | undefined): AboutRun {
  const { records, command, machine, program, encoder, verification } = run;
  const outputs = records.flatMap((record) => jpegsOf(record).map(({ output }) => output));
  const folders = {
    from: foldersOf(records.map(({ input }) => input)),
    to: areBeside(records) ? ['beside their TIFFs'] : foldersOf(outputs),
  };
  return [
    ['TIFFs from', folders.from],
    [verification ? 'JPEGs from' : 'JPEGs to', outputs.length > 0 ? folders.to : []],
    ['Command', [command]],
    ['Machine', [machine]],
    ['Versions', [[program, libraries].filter(Boolean).join(' ')]],
    ['Settings', [verification ? verificationInWords(verification) : settingsInWords(encoder)]],
  ];
}

/** The distinct folders of paths, if they are few; otherwise the one that all are in. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const folders = [...new Set(paths.map(folderOf))];
  const all = commonFolder(paths);
  if (folders.length <= NAMED) return folders.map((folder) => folder || './');
  return [all ? `${all} (${folders.length} folders)` : `${folders.length} folders`];
}

const folderOf = (path: string) => commonFolder([path]);

/** Whether each JPEG is in its TIFF's folder. */
function areBeside(records: readonly FileRecord[]): boolean {
  return records.every((record) =>
    jpegsOf(record).every(({ output }) => folderOf(output) === folderOf(record.input)),
  );
}

/** The limits that a measured JPEG was within, for people. */
export function limitsInWords({ ssim, psnrDb, areaDb, levels }: LikenessBounds): string {
  return (
    `Within limits: at most ${ssim} of SSIM and ${psnrDb} dB of PSNR further from the TIFF than another JPEG ` +
    'of the same pixels with the same settings, and in each area of 64 × 64 pixels at most ' +
    `${areaDb} dB, and ${levels} of 255 levels in the mean`
  );
}

function verificationInWords({ quality }: NonNullable<ReportRun['verification']>): string {
  const asked = quality === undefined ? 'each at its own quality' : `of quality ${quality} or more`;
  return `JPEGs that were there, ${asked}, compared with their TIFFs`;
}

const PROFILES = { srgb: 'colours converted to sRGB', keep: 'colour profiles kept' } as const;

const METADATA = {
  none: 'no metadata',
  copyright: 'author and copyright kept',
  all: 'all metadata kept',
} as const;

/** Encoder settings for people, in one line. */
export function settingsInWords(encoder: EncoderSettings): string {
  const { quality, chromaSubsampling, effort, background, profile, metadata, maxSize } = encoder;
  return [
    `JPEG of quality ${quality} by mozjpeg`,
    `chroma ${chromaSubsampling}`,
    `effort ${effort}`,
    `transparent pixels on ${background}`,
    PROFILES[profile],
    METADATA[metadata],
    ...(maxSize === undefined ? [] : [`longer side at most ${maxSize} pixels`]),
  ].join(', ');
}
