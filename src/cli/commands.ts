import Callback from '../commands/callback.ts';
import Convert from '../commands/convert.ts';
import Dev from '../commands/dev.ts';
import Download from '../commands/download.ts';
import Inspect from '../commands/inspect.ts';
import Run from '../commands/run.ts';
import Upload from '../commands/upload.ts';

/** The commands by their names, for oclif: named here, they need not be looked for on the disk. */
export const commands = {
  callback: Callback,
  convert: Convert,
  dev: Dev,
  download: Download,
  inspect: Inspect,
  run: Run,
  upload: Upload,
};
