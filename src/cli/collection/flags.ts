import type { InputRequest } from '../../lib/collection/inputs/find-inputs.ts';
import { SettingsError } from '../../lib/errors.ts';
import { Flags } from '../flag-kinds.ts';
import { quietFlag, verboseFlag } from '../global-flags.ts';

const INPUTS = 'INPUT';

/** Flags that select the TIFFs of a collection. */
export const inputFlags = {
  recursive: Flags.boolean({
    char: 'r',
    summary: 'Search subfolders too.',
    helpGroup: INPUTS,
  }),
  'files-from': Flags.string({
    summary:
      'Read more paths from this file (- for stdin), one per line or NUL-terminated (find -print0).',
    helpValue: 'FILE',
    helpGroup: INPUTS,
  }),
  include: Flags.string({
    summary: 'Take only files whose name, or path below the given folder, matches.',
    helpValue: 'GLOB',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: INPUTS,
  }),
  exclude: Flags.string({
    summary: 'Skip matching files.',
    helpValue: 'GLOB',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: INPUTS,
  }),
};

/** Flags of every run over a collection. */
export const anyRunFlags = {
  jobs: Flags.integer({
    char: 'j',
    summary: 'TIFFs to convert at once, memory permitting; default: the number of cores.',
    min: 1,
    helpGroup: 'RUN',
  }),
  'skip-existing': Flags.boolean({
    summary: 'Skip TIFFs whose JPEGs exist, whatever made them; convert only what is missing.',
    exclusive: ['force'],
    helpGroup: 'RUN',
  }),
  'fail-fast': Flags.boolean({
    summary: 'Stop at the first TIFF that fails.',
    helpGroup: 'RUN',
  }),
  'dry-run': Flags.boolean({
    char: 'n',
    summary: 'Show what would be converted, how, and at what cost; write nothing.',
    helpGroup: 'RUN',
  }),
  verify: Flags.boolean({
    summary: 'Compare each JPEG with its TIFF before saving it; fail files that differ too much.',
    helpGroup: 'RUN',
  }),
  report: Flags.string({
    summary:
      'Write a report: a page for review and sign-off (.html), data (.csv, .json), or checksums for sha256sum -c (.sha256). Repeatable. Overwrites existing files, except TIFFs.',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    exclusive: ['dry-run'],
    helpGroup: 'RUN',
  }),
  'json-lines': Flags.boolean({
    summary: 'Write only events to stdout, one JSON object per line.',
    exclusive: ['json'],
    helpGroup: 'RUN',
  }),
  quiet: quietFlag('Show only failures, the summary and the number of warnings.'),
  verbose: verboseFlag,
};

/** Flags of a run over local files. */
export const runFlags = {
  ...anyRunFlags,
  checksum: Flags.boolean({
    summary:
      'Record checksums (SHA-256) of TIFFs and JPEGs, and use them to decide what is up to date.',
    helpGroup: 'RUN',
  }),
  'preserve-timestamps': Flags.boolean({
    summary: 'Give each JPEG the modification time of its TIFF.',
    helpGroup: 'RUN',
  }),
};

/** The flags of `inputFlags`, parsed. */
export interface ParsedInputFlags {
  readonly recursive: boolean;
  readonly 'files-from'?: string | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** The search that arguments and flags ask for. Throws `SettingsError` if a list has no name. */
export function inputRequestOf(paths: readonly string[], flags: ParsedInputFlags): InputRequest {
  const { recursive, include = [], exclude = [], 'files-from': filesFrom } = flags;
  if (filesFrom === '') throw new SettingsError(['--files-from is empty']);
  return { paths, recursive, filesFrom, include, exclude };
}

/** The flags of `runFlags`, parsed. */
export interface ParsedRunFlags {
  readonly jobs?: number | undefined;
  readonly 'skip-existing': boolean;
  readonly 'fail-fast': boolean;
  readonly 'dry-run': boolean;
  readonly verify: boolean;
  readonly checksum: boolean;
  readonly report?: readonly string[] | undefined;
  readonly 'preserve-timestamps': boolean;
  readonly 'json-lines': boolean;
}

/** Flags with which the result of a single file is shown as that of a collection. */
export const collectionViewFlagNames = ['dry-run', 'report', 'json-lines'] as const;

/** Flags that need a file, and its JPEG in a file. */
export const fileFlagNames = [
  ...collectionViewFlagNames,
  'verify',
  'checksum',
  'preserve-timestamps',
] as const;

/** Flags that select files. */
export const inputFlagNames = ['recursive', 'files-from', 'include', 'exclude'] as const;
