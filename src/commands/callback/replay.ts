import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { replayArgs, replayFlags, sendingFlags } from '../../cli/callback/flags.ts';
import { replayJpeg } from '../../cli/callback/replay-jpeg.ts';
import { replayLog } from '../../cli/callback/replay-log.ts';
import { callbackSecretsHelp } from '../../cli/setting-flags.ts';
import { SettingsError } from '../../lib/errors.ts';

const R2 = 'r2://';

export default class CallbackReplay extends CallbackCommand {
  static override summary = 'Send undelivered callbacks from a log, or report a JPEG in R2.';

  static override description =
    `The log of "run" (text or JSON) contains each undelivered callback; it is sent byte for byte. For a JPEG, a success is sent for the task in its metadata; if "batch" or "upload" made it, for the task that the orchestrator assigns to its TIFF.
Known deliveries (from the log or from outbox marks) are sent again only after confirmation, because the orchestrator would count them twice. An error after a success loses the picture, and needs --force. Callbacks that another process is delivering are not sent.
With --outbox-prefix, deliveries are marked in the outbox, and "callback pending" does not send them again.
${callbackSecretsHelp}`;

  static override examples = [
    {
      description: 'Send the undelivered callbacks of a log',
      command:
        '$ fly logs --no-tail | <%= config.bin %> <%= command.id %> - --url "https://example.com/callback/{batch_id}/{task_id}"',
    },
    {
      description: 'Report a JPEG in R2 for the task that made it',
      command: `<%= config.bin %> <%= command.id %> ${R2}staging/b/image.jpg --url "https://example.com/callback/{batch_id}/{task_id}" --env-file r2.env`,
    },
  ];

  static override args = replayArgs;

  static override flags = { ...sendingFlags, ...replayFlags };

  async run(): Promise<unknown> {
    const parsed = await this.parse(CallbackReplay);
    const { source } = parsed.args;
    if (/\.jpe?g$/i.test(source) && !source.startsWith(R2))
      throw new SettingsError([`${source} is no log; for a JPEG in R2, use ${R2}${source}`]);
    return this.sending(parsed, (session) =>
      source.startsWith(R2)
        ? replayJpeg(source.slice(R2.length), session)
        : replayLog(source, session),
    );
  }
}
