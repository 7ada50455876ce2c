import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { sendFlags } from '../../cli/callback/flags.ts';
import { sendBody } from '../../cli/callback/send-one.ts';

export default class CallbackSend extends CallbackCommand {
  static override summary = 'Send one callback.';

  static override description =
    `Builds the body of a success or an error from flags, or sends --data unchanged. Shows request, answer and time.
The orchestrator counts a success twice that it gets twice, and an error after a success loses the picture. A callback that the outbox's marks name as delivered is sent again only with consent, and an error after a success, or where the task's JPEG is in R2, only with --force.
CALLBACK_SECRET, for the signature, and R2's keys come from the environment or --env-file.`;

  static override usage = [
    'callback send --task-id ID --batch-id ID --output-key KEY --output-size BYTES [FLAGS]',
    'callback send --task-id ID --batch-id ID --error TEXT [FLAGS]',
    'callback send --data FILE|- [FLAGS]',
  ];

  static override examples = [
    {
      description: 'Report a failure, but only show what would be sent',
      command:
        '<%= config.bin %> <%= command.id %> --task-id t --batch-id b --error "Lost" --dry-run',
    },
    {
      description: 'Send the body that stands in a log',
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
