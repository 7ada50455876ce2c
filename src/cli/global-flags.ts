import { Flags } from './flag-kinds.ts';

/** `--quiet`, with what it does for a command. */
export const quietFlag = (summary: string) =>
  Flags.boolean({ char: 'q', summary, helpGroup: 'GLOBAL' });

/** Flags of all commands. */
export const globalFlags = {
  'env-file': Flags.string({
    summary: 'Read unset variables from this file: NAME=value lines, secrets included.',
    helpValue: 'FILE',
    helpGroup: 'GLOBAL',
  }),
  quiet: quietFlag('Show only results and errors.'),
  'no-color': Flags.boolean({
    summary: 'Disable colours; NO_COLOR does the same.',
    helpGroup: 'GLOBAL',
  }),
};

/** The flag of commands that can show more. */
export const verboseFlag = Flags.boolean({
  char: 'v',
  summary: 'Also show what is up to date and, with --dry-run, how each conversion is planned.',
  helpGroup: 'GLOBAL',
  exclusive: ['quiet'],
});

/** The flag that oclif adds with `enableJsonFlag`. */
export const jsonFlag = Flags.boolean();
