import { Flags } from '@oclif/core';
import type { InputRequest } from '../../lib/collection/inputs/find-inputs.ts';
import { SettingsError } from '../../lib/errors.ts';

const INPUTS = 'INPUT';

/** Which TIFFs make up a collection. */
export const inputFlags = {
  recursive: Flags.boolean({
    char: 'r',
    summary: 'Take the TIFFs in subfolders, too.',
    helpGroup: INPUTS,
  }),
  'files-from': Flags.string({
    summary:
      'Read more paths from this file, - for stdin: one a line, or each ended by a NUL (find -print0).',
    helpValue: 'FILE',
    helpGroup: INPUTS,
  }),
  include: Flags.string({
    summary: 'Take only what matches, by its name or its path below the folder it was found in.',
    helpValue: 'GLOB',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: INPUTS,
  }),
  exclude: Flags.string({
    summary: 'Leave out what matches.',
    helpValue: 'GLOB',
    multiple: true,
    multipleNonGreedy: true,
    helpGroup: INPUTS,
  }),
};

const CHECKSUMS = ['sha256'] as const;

/** How a run over a collection goes, wherever its TIFFs lie. */
export const anyRunFlags = {
  jobs: Flags.integer({
    char: 'j',
    summary:
      'How many TIFFs are converted at once, as far as memory allows; default: the number of cores.',
    min: 1,
    helpGroup: 'RUN',
  }),
  'fail-fast': Flags.boolean({
    summary: 'Stop at the first TIFF that fails.',
    helpGroup: 'RUN',
  }),
  'dry-run': Flags.boolean({
    summary: 'Show what would be converted, how, and what it would take; write nothing.',
    helpGroup: 'RUN',
  }),
  verify: Flags.boolean({
    summary:
      'Compare each JPEG with its TIFF before it gets its name; fail what is too far from it.',
    helpGroup: 'RUN',
  }),
  report: Flags.string({
    summary:
      'Write a report of the run: a page to look at and to vouch for (.html), or a table (.csv, .json); also several. What is there is replaced, but for TIFFs.',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    exclusive: ['dry-run'],
    helpGroup: 'RUN',
  }),
  'json-lines': Flags.boolean({
    summary: 'Write what happens as it happens, one JSON object a line; nothing else on stdout.',
    exclusive: ['json'],
    helpGroup: 'RUN',
  }),
};

/** How a run over local files goes. */
export const runFlags = {
  ...anyRunFlags,
  checksum: Flags.option({
    summary: 'Record checksums of TIFFs and JPEGs, and tell by them what is up to date.',
    options: CHECKSUMS,
    helpGroup: 'RUN',
  })(),
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

/** What arguments and flags ask for. Throws `SettingsError` when a list has no name. */
export function inputRequestOf(paths: readonly string[], flags: ParsedInputFlags): InputRequest {
  const { recursive, include = [], exclude = [], 'files-from': filesFrom } = flags;
  if (filesFrom === '') throw new SettingsError(['--files-from is empty']);
  return { paths, recursive, filesFrom, include, exclude };
}

/** The flags of `runFlags`, parsed. */
export interface ParsedRunFlags {
  readonly jobs?: number | undefined;
  readonly 'fail-fast': boolean;
  readonly 'dry-run': boolean;
  readonly verify: boolean;
  readonly checksum?: (typeof CHECKSUMS)[number] | undefined;
  readonly report?: readonly string[] | undefined;
  readonly 'preserve-timestamps': boolean;
  readonly 'json-lines': boolean;
}

/** Flags that make a run over a collection of the conversion of a single file. */
export const collectionFlagNames = [
  'dry-run',
  'verify',
  'checksum',
  'report',
  'preserve-timestamps',
  'json-lines',
] as const;

/** Flags that choose among files. */
export const inputFlagNames = ['recursive', 'files-from', 'include', 'exclude'] as const;
