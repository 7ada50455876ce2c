import { exitCodes } from '../../lib/exit-codes.ts';
import { knownVariables, type VariableName } from '../../lib/task/environment.ts';
import { foreignVariables, variableText } from '../../lib/task/environment-text.ts';

/** A name, and what it means. */
type TopicRow = readonly [name: string, meaning: string];

/** A page of help that belongs to no command. */
interface Topic {
  readonly summary: string;
  readonly text: string;
  readonly sections: () => readonly {
    readonly header: string;
    readonly rows: readonly TopicRow[];
  }[];
}

/** Every variable, with its meaning, values and default. */
export function variableRows(): TopicRow[] {
  return knownVariables.map((name) => [name, meaningOf(name)]);
}

/** The variables of the system and of libraries, with their meanings. */
export function foreignVariableRows(): TopicRow[] {
  return Object.entries(foreignVariables).map(([name, meaning]) => [name, plain(meaning)]);
}

function meaningOf(name: VariableName): string {
  const { meaning, values, fallback } = variableText(name);
  const standard = fallback === 'required' ? fallback : `default: ${fallback}`;
  return plain(`${meaning} (${[...(values ? [values] : []), standard].join('; ')})`);
}

/** A text of the documentation as help shows it. */
const plain = (text: string) => text.replaceAll('`', '');

/** Every exit code, with its meaning. */
export const exitCodeRows: readonly TopicRow[] = [
  [`${exitCodes.ok}`, 'success'],
  [`${exitCodes.failed}`, 'failure'],
  [`${exitCodes.usage}`, 'wrong usage'],
  [`${exitCodes.unknownCommand}`, 'unknown command'],
  [`${exitCodes.interrupted}`, 'stopped by SIGINT (Ctrl-C)'],
  [`${exitCodes.readerGone}`, 'the reader of the output closed early (head)'],
  [`${exitCodes.terminated}`, 'stopped by SIGTERM'],
];

/** The pages of help that belong to no command, by name: `arke-tiff help NAME`. */
export const TOPICS: ReadonlyMap<string, Topic> = new Map([
  [
    'environment',
    {
      summary: 'Environment variables, and which settings take precedence.',
      text: 'A flag takes precedence over the environment, the environment over --env-file. A blank variable counts as not set. Help of a command shows the variable of each flag.',
      sections: () => [
        { header: 'VARIABLES', rows: variableRows() },
        { header: 'ALL COMMANDS ALSO HONOUR', rows: foreignVariableRows() },
      ],
    },
  ],
  [
    'exit-codes',
    {
      summary: 'What the exit codes mean.',
      text: 'run uses only 0 and 1: 0 if the JPEG is in R2 and the orchestrator has accepted the callback.',
      sections: () => [{ header: 'EXIT CODES', rows: exitCodeRows }],
    },
  ],
]);
