import Batch from './batch.ts';
import Callback from './callback/index.ts';
import CallbackPending from './callback/pending.ts';
import CallbackReplay from './callback/replay.ts';
import CallbackSend from './callback/send.ts';
import CallbackVerify from './callback/verify.ts';
import Convert from './convert.ts';
import Dev from './dev.ts';
import Download from './download.ts';
import Inspect from './inspect.ts';
import Run from './run.ts';
import Upload from './upload.ts';

/** The commands by id, for oclif, which then need not search the disk. */
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
