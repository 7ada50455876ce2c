import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { discardPending } from '../../cli/callback/discard-pending.ts';
import { drainPending } from '../../cli/callback/drain-outbox.ts';
import { pendingFlags, sendingFlags } from '../../cli/callback/flags.ts';

export default class CallbackPending extends CallbackCommand {
  static override summary = 'Send what is in the outbox, and remove what is delivered.';

  static override description =
    `Sends each callback to --url, or with --allow-origin to the address that its entry names. Several drains at once share the work: each entry is delivered by one of them.
What is known to have been delivered is sent again only with consent, and an error after a success only with --force. What may have been taken, as its answer was lost, is sent again without asking: a picture that counts twice is a lesser harm than a lost one.
--discard drops what can never be taken, because the orchestrator that the task was given does not know task or batch any more or the batch has ended, and errors of tasks whose success was delivered: shows what it is, and asks. What another process is delivering is never dropped.
CALLBACK_SECRET, for the signature, and R2's keys come from the environment or --env-file.`;

  static override examples = [
    {
      description: 'Send what is in the outbox',
      command:
        '<%= config.bin %> <%= command.id %> --outbox-prefix arke-outbox --allow-origin https://example.com --env-file r2.env',
    },
    {
      description: 'See what can never be taken, then drop it',
      command:
        '<%= config.bin %> <%= command.id %> --discard --dry-run --outbox-prefix arke-outbox --env-file r2.env',
    },
    {
      description: 'Drop what is left of an old batch',
      command:
        '<%= config.bin %> <%= command.id %> --discard --batch-id batch_abc --outbox-prefix arke-outbox --env-file r2.env',
    },
  ];

  static override flags = { ...sendingFlags, ...pendingFlags };

  async run(): Promise<unknown> {
    const parsed = await this.parse(CallbackPending);
    const { flags } = parsed;
    return this.sending(parsed, (session) =>
      flags.discard ? discardPending(session) : drainPending(flags, session),
    );
  }
}
