import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, CommandHelp, Help as OclifHelp } from '@oclif/core';
import { isUnknownPart, unknownSubject } from '../unknown-command.ts';
import { TOPICS } from './topics.ts';

/** The first steps, most frequent first. */
const FIRST_STEPS = [
  ['Convert a file to scan.jpg', 'convert scan.tif'],
  ['Convert a folder and its subfolders into another folder', 'convert scans -r --out-dir jpegs'],
  ['Show what a conversion would change', 'inspect scan.tif'],
  ['Convert all TIFFs under a prefix in R2', 'batch staging/box_3/ --env-file r2.env'],
  ['Try it on this machine, with a page in the browser', 'dev'],
] as const;

/** The page of the documentation for a command; for the others, the one with all flags. */
const PAGES: Readonly<Record<string, string>> = {
  batch: 'docs/guides/batches.md',
  callback: 'docs/recovery.md',
  convert: 'docs/guides/collections.md',
  dev: 'docs/dev.md',
  inspect: 'docs/guides/inspect.md',
  run: 'docs/contract.md',
  verify: 'docs/verify.md',
};
const ALL_COMMANDS = 'docs/commands.md';

/** The help of a command: examples first, one line each where they fit. */
class ExamplesFirst extends CommandHelp {
  protected override examples(examples: Command.Example[] | undefined | string) {
    return super.examples(examples)?.replace(/\n\n(?= )/g, '\n');
  }

  /** Without the summary, with which help begins. */
  protected override description() {
    const { description } = this.command;
    return description ? this.wrap(description) : undefined;
  }

  /** oclif words one flag by itself. */
  protected override flags(flags: Command.Flag.Any[]) {
    const description = 'Write the result to stdout as one JSON document.';
    return super.flags(
      flags.map((flag) => (flag.name === 'json' ? { ...flag, description } : flag)),
    );
  }

  protected override sections() {
    const isExamples = ({ header }: { header: string }) => header === 'EXAMPLES';
    const sections = super.sections();
    return [...sections.filter(isExamples), ...sections.filter((one) => !isExamples(one))];
  }
}

/** Help as oclif shows it, but beginning with examples, and with topics that are no commands. */
export class Help extends OclifHelp {
  protected override CommandHelpClass = ExamplesFirst;

  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.filter((arg) => !arg.startsWith('-'));
    const [first] = words[0] === 'help' ? words.slice(1) : words;
    const part = first === undefined ? undefined : argv[argv.indexOf(first) + 1];
    if (first !== undefined && part !== undefined && isUnknownPart(first, part, this.config))
      throw unknownSubject(`${first} ${part}`, this.config);
    if (first === undefined || this.config.findCommand(first)) return super.showHelp(argv);
    const topic = TOPICS.get(first);
    if (!topic) throw unknownSubject(first, this.config);
    this.log(`${topic.summary}\n\n${this.wrap(topic.text, 0)}`);
    for (const { header, rows } of topic.sections())
      this.log(
        `\n${this.section(
          header,
          rows.map(([name, meaning]) => [name, meaning]),
        )}`,
      );
  }

  protected override async showRootHelp(): Promise<void> {
    await super.showRootHelp();
    const { bin, userAgent } = this.config;
    const rows = [
      [`${bin} COMMAND --help`, 'Examples and flags of a command.'],
      ...[...TOPICS].map(([name, { summary }]) => [`${bin} help ${name}`, summary]),
    ];
    this.log(this.section('MORE', rows as [string, string][]));
    this.log(`\n${this.#more(ALL_COMMANDS)}\n${userAgent}`);
  }

  override async showCommandHelp(command: Command.Loadable): Promise<void> {
    const [first = ''] = command.id.split(':');
    await super.showCommandHelp(command);
    this.log(this.#more(PAGES[first] ?? ALL_COMMANDS));
  }

  override formatRoot(): string {
    const { bin, pjson } = this.config;
    const examples = FIRST_STEPS.map(([what, line]) => `${what}:\n  $ ${bin} ${line}`);
    return `${this.wrap(pjson.description ?? '', 0)}\n\n${this.section('EXAMPLES', examples.join('\n'))}`;
  }

  /** Where to read on. */
  #more(page: string): string {
    const path = join(this.config.root, page);
    return `Exit codes: 0 success, 1 failure, 2 wrong usage; all: ${this.config.bin} help exit-codes\nDocumentation: ${existsSync(path) ? path : page}`;
  }
}
