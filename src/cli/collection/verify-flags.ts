import { Flags } from '../flag-kinds.ts';
import { quietFlag } from '../global-flags.ts';
import { settingFlag } from '../setting-flags.ts';
import { anyRunFlags, inputFlags } from './flags.ts';

const { 'fail-fast': failFast, 'json-lines': jsonLines } = anyRunFlags;

/** The flags of `verify`. */
export const verificationFlags = {
  'out-dir': Flags.string({
    summary: 'Look for the JPEGs in this folder, where "convert --out-dir" writes them.',
    helpValue: 'DIR',
  }),
  pairs: Flags.string({
    summary:
      'Read TIFFs and their JPEGs from this file (- for stdin): on each line a TIFF, a tab and its JPEG, relative to the working directory.',
    helpValue: 'FILE',
    exclusive: ['out-dir', 'recursive', 'files-from', 'include', 'exclude'],
  }),
  page: settingFlag('TIFF_PAGES', {
    summary:
      'Pages to compare: first, all (scan.jpg, scan.page-2.jpg, …), a number, or numbers and ranges such as 1-3,5.',
    helpValue: 'first|all|1-3,5',
  }),
  quality: Flags.integer({
    summary:
      'Expect at least this quality (1–100, as in "convert"); default: the quality that each JPEG was saved with.',
    helpValue: 'N',
    min: 1,
    max: 100,
  }),
  background: settingFlag('JPEG_BACKGROUND'),
  force: Flags.boolean({
    char: 'f',
    summary: 'Compare again even if verified before.',
  }),
  record: Flags.string({
    summary:
      'Record what was verified in this file; default: .arke-tiff-verified.jsonl beside the JPEGs.',
    helpValue: 'FILE',
  }),
  ...inputFlags,
  jobs: Flags.integer({
    char: 'j',
    summary: 'TIFFs to compare at once, memory permitting; default: the number of cores.',
    min: 1,
    helpGroup: 'RUN',
  }),
  'fail-fast': failFast,
  'dry-run': Flags.boolean({
    char: 'n',
    summary: 'Show what would be compared, and which JPEGs are missing or of another size.',
    helpGroup: 'RUN',
  }),
  report: Flags.string({
    summary:
      'Write a report: a page for review and sign-off (.html), or data (.csv, .json). Repeatable. Overwrites existing files, except TIFFs.',
    helpValue: 'FILE',
    multiple: true,
    multipleNonGreedy: true,
    exclusive: ['dry-run'],
    helpGroup: 'RUN',
  }),
  'json-lines': jsonLines,
  quiet: quietFlag('Show only failures and the summary.'),
  verbose: Flags.boolean({
    char: 'v',
    summary: 'Also show what was verified before and, with --dry-run, the cost of each comparison.',
    helpGroup: 'GLOBAL',
    exclusive: ['quiet'],
  }),
};
