import { Flags } from './flag-kinds.ts';

/** Flags of all commands. */
export const globalFlags = {
  'env-file': Flags.string({
    summary: 'Read unset variables from this file: NAME=value lines, secrets included.',
    helpValue: 'FILE',
    helpGroup: 'GLOBAL',
  }),
  quiet: Flags.boolean({
    char: 'q',
    summary:
      'Show only results, errors and the number of warnings; of a collection, failures and the summary.',
    helpGroup: 'GLOBAL',
  }),
  'no-color': Flags.boolean({
    summary: 'Disable colours; NO_COLOR does the same.',
    helpGroup: 'GLOBAL',
  }),
};

/** The flag of commands that can show more. */
export const verboseFlag = Flags.boolean({
  char: 'v',
  summary: 'Also show what is up to date, and how each conversion is planned.',
  helpGroup: 'GLOBAL',
  exclusive: ['quiet'],
});

/** The flag that oclif adds with `enableJsonFlag`. */
export const jsonFlag = Flags.boolean();
