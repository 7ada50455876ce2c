import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { sendFlags } from '../../cli/callback/flags.ts';
import { sendBody } from '../../cli/callback/send-one.ts';
import { callbackSecretsHelp } from '../../cli/setting-flags.ts';

export default class CallbackSend extends CallbackCommand {
  static override summary = 'Send one callback.';

  static override description =
    `Builds a success or an error from flags, or sends --data unchanged. Shows request, answer and time.
The orchestrator counts a repeated success twice, and an error after a success loses the picture. A callback that the outbox marks as delivered is sent again only after confirmation. An error after a success, or for a task whose JPEG is in R2, needs --force.
${callbackSecretsHelp}`;

  static override usage = [
    'callback send --task-id ID --batch-id ID --output-key KEY --output-size BYTES [FLAGS]',
    'callback send --task-id ID --batch-id ID --error TEXT [FLAGS]',
    'callback send --data FILE|- [FLAGS]',
  ];

  static override examples = [
    {
      description: 'Show the error callback that would be sent',
      command:
        '<%= config.bin %> <%= command.id %> --task-id t --batch-id b --error "Lost" --dry-run',
    },
    {
      description: 'Send the body found in a log',
      command:
        "$ grep '^{' task.log | <%= config.bin %> <%= command.id %> --data - --url https://example.com/callback/b/t",
    },
  ];

  static override flags = sendFlags;

  async run(): Promise<unknown> {
    const parsed = await this.parse(CallbackSend);
    return this.sending(parsed, (session) => sendBody(parsed.flags, session));
  }
}
