import { Flags } from '../flag-kinds.ts';
import { encoderFlags, pageFlag, strictFlags } from '../flags.ts';
import { inputFlags, runFlags } from './flags.ts';

/** The flags of `convert`. */
export const convertFlags = {
  output: Flags.string({
    char: 'o',
    summary: 'Write the single JPEG to this file; - for stdout.',
    helpValue: 'FILE',
    exclusive: ['out-dir'],
  }),
  'out-dir': Flags.string({ summary: 'Write the JPEGs to this folder.', helpValue: 'DIR' }),
  force: Flags.boolean({
    char: 'f',
    summary: 'Convert again even if up to date, and overwrite existing files (never TIFFs).',
  }),
  page: pageFlag,
  ...strictFlags,
  ...inputFlags,
  ...runFlags,
  ...encoderFlags,
};
