import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.ts';
import { completedCommands } from '../cli/completion/completed.ts';
import { completionScripts, type Shell } from '../cli/completion/scripts.ts';

export default class Completion extends BaseCommand {
  static override summary = 'Write a script that completes commands and flags in your shell.';

  static override description =
    'The script completes commands, flags and their values, and needs nothing else. It knows the commands of this version: write it again after an update, or load it from your profile as in the examples.';

  static override examples = [
    {
      description: 'In ~/.bashrc',
      command: 'source <(<%= config.bin %> <%= command.id %> bash)',
    },
    {
      description: 'In ~/.zshrc, after compinit',
      command: 'source <(<%= config.bin %> <%= command.id %> zsh)',
    },
    {
      description: 'For fish',
      command:
        '<%= config.bin %> <%= command.id %> fish > ~/.config/fish/completions/<%= config.bin %>.fish',
    },
  ];

  static override enableJsonFlag = false;

  static override args = {
    shell: Args.string({
      description: 'Shell that reads the script.',
      options: Object.keys(completionScripts),
      required: true,
    }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Completion);
    const script = completionScripts[args.shell as Shell];
    this.result(script(this.config.bin, completedCommands(this.config)));
  }
}
