import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { verifyArgs, verifyFlags } from '../../cli/callback/flags.ts';
import { verifyStored } from '../../cli/callback/verify-stored.ts';
import { processEnvironment } from '../../cli/environment.ts';
import { readCallbackSecret } from '../../lib/task/settings.ts';

export default class CallbackVerify extends CallbackCommand {
  static override summary = 'Check the signature of a stored request; send nothing.';

  static override description =
    `Takes HTTP as text, what "callback send --dry-run" prints, or JSON with headers and body, and says what is wrong header by header.
CALLBACK_SECRET comes from the environment or --env-file.`;

  static override examples = [
    {
      description: 'Check the signature of a request that was stored an hour ago',
      command: '<%= config.bin %> <%= command.id %> request.txt --tolerance 4000',
    },
  ];

  static override args = verifyArgs;

  static override flags = verifyFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CallbackVerify);
    const checked = await verifyStored(args.file, {
      secret: readCallbackSecret(processEnvironment()),
      toleranceSeconds: flags.tolerance,
      signal: this.stopSignal,
      result: (text) => this.result(text),
    });
    return this.ending(checked);
  }
}
