import type { Command, Interfaces } from '@oclif/core';
import { toConfiguredId } from '@oclif/core';
import { TOPICS } from '../help/topics.ts';

/** A flag as a shell completes it. */
export interface CompletedFlag {
  readonly name: string;
  readonly letter: string | undefined;
  readonly summary: string;
  readonly takesValue: boolean;
  /** What may follow; empty where anything may, such as a path. */
  readonly values: readonly string[];
}

/** A command as a shell completes it. */
export interface CompletedCommand {
  /** One word, or two: `callback pending`. */
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** The words that may follow at once, such as subcommands. */
  readonly words: readonly string[];
}

/** What a shell completes: every command that help shows. */
export function completedCommands(config: Interfaces.Config): CompletedCommand[] {
  const shown = config.commands.filter(({ hidden }) => !hidden);
  const names = shown.map(({ id }) => toConfiguredId(id, config));
  return shown.map(({ summary, description = '', flags, args }, i) => {
    const name = names[i] ?? '';
    const parts = names.filter((other) => other.startsWith(`${name} `));
    return {
      name,
      summary: firstLine(summary ?? description.replaceAll('<%= config.bin %>', config.bin)),
      flags: [
        ...Object.values(flags)
          .filter(({ hidden }) => !hidden)
          .map(completedFlag),
        helpFlag,
      ],
      words: [
        ...parts.map((part) => part.slice(name.length + 1)),
        ...Object.values(args).flatMap(({ options = [] }) => options),
        ...(name === 'help'
          ? [...TOPICS.keys(), ...names.filter((one) => !one.includes(' '))]
          : []),
      ],
    };
  });
}

/** The flag that every command has, without a definition. */
const helpFlag: CompletedFlag = {
  name: 'help',
  letter: 'h',
  summary: 'Show help.',
  takesValue: false,
  values: [],
};

function completedFlag(flag: Command.Flag.Cached): CompletedFlag {
  const { name, char, type, summary, description = '' } = flag;
  return {
    name,
    letter: char,
    summary: firstLine(summary ?? description),
    takesValue: type === 'option',
    values: type === 'option' ? (flag.options ?? namedValues(flag.helpValue)) : [],
  };
}

/** The words of a value in help, `first|all|N`, without what stands for others. */
function namedValues(helpValue: string | readonly string[] | undefined): string[] {
  if (typeof helpValue !== 'string' || !helpValue.includes('|')) return [];
  return helpValue.split('|').filter((value) => /^[a-z]/.test(value));
}

const firstLine = (text: string) => text.split('\n', 1)[0] ?? '';
