/*
 * Commands: one file per command, and this table of them. A command is the only place that knows
 * all of its flags.
 *
 * How data passes: oclif finds the command here and parses its flags; `run()` turns them into the
 * options of one function of `lib`, calls it, and shows its result by the means of `cli`
 * (`cli/base-command.ts` has the terms, streams and exit codes). Flags for settings come from the
 * table of variables (`cli/setting-flags.ts`), so their words, choices and defaults are those of
 * the variables. Help and descriptions become docs/commands.md.
 *
 * Must never happen: a decision about a TIFF, a key or a callback made here instead of in `lib`; a
 * module loaded by a command that does not need it.
 */
import Batch from './batch.ts';
import Callback from './callback/index.ts';
import CallbackPending from './callback/pending.ts';
import CallbackReplay from './callback/replay.ts';
import CallbackSend from './callback/send.ts';
import CallbackVerify from './callback/verify.ts';
import Completion from './completion.ts';
import Convert from './convert.ts';
import Dev from './dev.ts';
import Download from './download.ts';
import Inspect from './inspect.ts';
import Run from './run.ts';
import Upload from './upload.ts';
import Verify from './verify.ts';

/** The commands by id, for oclif, which then need not search the disk. */
export const commands = {
  batch: Batch,
  callback: Callback,
  'callback:pending': CallbackPending,
  'callback:replay': CallbackReplay,
  'callback:send': CallbackSend,
  'callback:verify': CallbackVerify,
  completion: Completion,
  convert: Convert,
  dev: Dev,
  download: Download,
  inspect: Inspect,
  run: Run,
  upload: Upload,
  verify: Verify,
};
