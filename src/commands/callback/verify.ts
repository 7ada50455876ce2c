import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { verifyArgs, verifyFlags } from '../../cli/callback/flags.ts';
import { verifyStored } from '../../cli/callback/verify-stored.ts';
import { processEnvironment } from '../../cli/environment.ts';
import { signingSecretHelp } from '../../cli/setting-flags.ts';
import { readVariable } from '../../lib/task/settings.ts';

export default class CallbackVerify extends CallbackCommand {
  static override summary = 'Check the signature of a stored request; send nothing.';

  static override description =
    `Reads HTTP as text (as "callback send --dry-run" prints it) or JSON with headers and body, and checks each header.
${signingSecretHelp}`;

  static override examples = [
    {
      description: 'Check the signature of a request stored an hour ago',
      command: '<%= config.bin %> <%= command.id %> request.txt --tolerance 4000',
    },
  ];

  static override args = verifyArgs;

  static override flags = verifyFlags;

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(CallbackVerify);
    const checked = await verifyStored(args.file, {
      secret: readVariable('CALLBACK_SECRET', processEnvironment()),
      toleranceSeconds: flags.tolerance,
      signal: this.stopSignal,
      result: (text) => this.result(text),
    });
    return this.ending(checked);
  }
}
