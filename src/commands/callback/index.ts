import { Config, type Interfaces } from '@oclif/core';
import { CallbackCommand } from '../../cli/callback/callback-command.ts';
import { sendFlags } from '../../cli/callback/flags.ts';
import { newForm } from '../../cli/callback/old-forms.ts';
import { sendBody } from '../../cli/callback/send-one.ts';
import { flagsOf, hasFlag } from '../../cli/environment.ts';
import { callbackSecretsHelp } from '../../cli/setting-flags.ts';

export default class Callback extends CallbackCommand {
  static override summary = 'Send one callback ("callback send"), or deliver lost ones.';

  static override description = `Without a subcommand this is "callback send".
"callback replay" sends the undelivered callbacks of a log, or reports a JPEG in R2; "callback pending" delivers the outbox; "callback verify" checks a signature. docs/recovery.md says which one to use.
${callbackSecretsHelp}`;

  static override usage = ['<%= command.id %> [FLAGS]', '<%= command.id %> COMMAND [FLAGS]'];

  static override examples = [
    {
      description: 'Send the undelivered callbacks of a log',
      command:
        '$ fly logs --no-tail | <%= config.bin %> <%= command.id %> replay - --url "https://example.com/callback/{batch_id}/{task_id}"',
    },
    {
      description: 'Deliver the outbox',
      command:
        '<%= config.bin %> <%= command.id %> pending --outbox-prefix arke-outbox --allow-origin https://example.com --env-file r2.env',
    },
  ];

  static override flags = sendFlags;

  /** Runs the part that an old form of the command means. */
  static override async run<T>(argv: string[] = [], options?: Interfaces.LoadOptions): Promise<T> {
    const form = newForm(argv, takesValue);
    // biome-ignore lint/complexity/noThisInStatic: CallbackCommand would run itself, not this class.
    if (!form) return super.run(argv, options) as Promise<T>;
    const isSilent = flagsOf(argv).includes('--json') || hasFlag(argv, 'quiet', 'q');
    if (!isSilent) process.stderr.write(`Warning: ${form.warning}\n`);
    const config = await Config.load(options);
    return config.runCommand<T>(form.id, [...form.argv]);
  }

  async run(): Promise<unknown> {
    const parsed = await this.parse(Callback);
    return this.sending(parsed, (session) => sendBody(parsed.flags, session));
  }
}

function takesValue(arg: string): boolean {
  const flags: Readonly<Record<string, { readonly type: string } | undefined>> = {
    ...Callback.baseFlags,
    ...sendFlags,
  };
  return flags[arg.replace(/^--/, '')]?.type === 'option';
}
