import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { discardPending } from '../../cli/callback/discard-pending.ts';
import { drainPending } from '../../cli/callback/drain-outbox.ts';
import { pendingFlags, sendingFlags } from '../../cli/callback/flags.ts';
import { callbackSecretsHelp } from '../../cli/setting-flags.ts';

export default class CallbackPending extends CallbackCommand {
  static override summary = 'Send the callbacks in the outbox, and remove delivered ones.';

  static override description =
    `Sends each callback to --url, or with --allow-origin to the address in its entry. Several drains can run at once; each entry is delivered by one of them.
Known deliveries are sent again only after confirmation, and an error after a success only with --force. A callback whose answer was lost is sent again without asking: a picture counted twice does less harm than a lost one.
--discard drops callbacks that can never be accepted (the orchestrator that started the task no longer knows the task or batch, or the batch has ended), and errors of tasks whose success was delivered. It lists them and asks first. Callbacks that another process is delivering are never dropped.
${callbackSecretsHelp}`;

  static override examples = [
    {
      description: 'Deliver the outbox',
      command:
        '<%= config.bin %> <%= command.id %> --outbox-prefix arke-outbox --allow-origin https://example.com --env-file r2.env',
    },
    {
      description: 'List callbacks that can never be accepted',
      command:
        '<%= config.bin %> <%= command.id %> --discard --dry-run --outbox-prefix arke-outbox --env-file r2.env',
    },
    {
      description: 'Drop the remaining callbacks of an old batch',
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
