import { Flags } from './flag-kinds.ts';

/** Flags of all commands. */
export const globalFlags = {
  'env-file': Flags.string({
    summary: 'Read unset variables from this file: NAME=value lines, secrets included.',
    helpValue: 'FILE',
    helpGroup: 'GLOBAL',
  }),
  quiet: Flags.boolean({
    summary: 'Show only results, errors and the number of warnings.',
    helpGroup: 'GLOBAL',
  }),
  'no-color': Flags.boolean({
    summary: 'Disable colours; NO_COLOR does the same.',
    helpGroup: 'GLOBAL',
  }),
};

/** The flag that oclif adds with `enableJsonFlag`. */
export const jsonFlag = Flags.boolean();
