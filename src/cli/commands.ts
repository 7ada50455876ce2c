import Batch from '../commands/batch.ts';
import Callback from '../commands/callback/index.ts';
import CallbackPending from '../commands/callback/pending.ts';
import CallbackReplay from '../commands/callback/replay.ts';
import CallbackSend from '../commands/callback/send.ts';
import CallbackVerify from '../commands/callback/verify.ts';
import Convert from '../commands/convert.ts';
import Dev from '../commands/dev.ts';
import Download from '../commands/download.ts';
import Inspect from '../commands/inspect.ts';
import Run from '../commands/run.ts';
import Upload from '../commands/upload.ts';

/** The commands by their ids, for oclif: named here, they need not be looked for on the disk. */
export const commands = {
  batch: Batch,
  callback: Callback,
  'callback:pending': CallbackPending,
  'callback:replay': CallbackReplay,
  'callback:send': CallbackSend,
  'callback:verify': CallbackVerify,
  convert: Convert,
  dev: Dev,
  download: Download,
  inspect: Inspect,
  run: Run,
  upload: Upload,
};
