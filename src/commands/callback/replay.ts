import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { replayArgs, replayFlags, sendingFlags } from '../../cli/callback/flags.ts';
import { replayJpeg } from '../../cli/callback/replay-jpeg.ts';
import { replayLog } from '../../cli/callback/replay-log.ts';

const R2 = 'r2://';

export default class CallbackReplay extends CallbackCommand {
  static override summary = 'Send what was not delivered: from a log, or for a JPEG in R2.';

  static override description =
    `The log of "run", as text or JSON, has each callback that was not delivered; it is sent byte for byte. For a JPEG its success is sent, for the task in its metadata; of one that "batch" or "upload" made, for the task that the orchestrator gives to its TIFF.
What is known to have been delivered (by the log, by the outbox's marks) is sent again only with consent: the orchestrator would count it twice. An error after a success loses the picture and is sent only with --force. What another process is delivering is not sent.
With --outbox-prefix, what is delivered is marked there, and "callback pending" does not send it again.
CALLBACK_SECRET, for the signature, and R2's keys come from the environment or --env-file.`;

  static override examples = [
    {
      description: 'Replay what the log of tasks says was not delivered',
      command:
        '$ fly logs --no-tail | <%= config.bin %> <%= command.id %> - --url "https://example.com/callback/{batch_id}/{task_id}"',
    },
    {
      description: 'Report a JPEG that is in R2, as the task that made it would have',
      command: `<%= config.bin %> <%= command.id %> ${R2}staging/b/image.jpg --url "https://example.com/callback/{batch_id}/{task_id}" --env-file r2.env`,
    },
  ];

  static override args = replayArgs;

  static override flags = { ...sendingFlags, ...replayFlags };

  async run(): Promise<unknown> {
    const parsed = await this.parse(CallbackReplay);
    const { source } = parsed.args;
    return this.sending(parsed, (session) =>
      source.startsWith(R2)
        ? replayJpeg(source.slice(R2.length), session)
        : replayLog(source, session),
    );
  }
}
