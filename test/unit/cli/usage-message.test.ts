import { describe, expect, it } from 'vitest';
import { usageMessage } from '../../../src/cli/usage-message.ts';

const flags = ['quality', 'out-dir', 'json'];

/** What oclif says, which ends with a hint of its own. */
const said = (message: string) => usageMessage(`${message}\nSee more help with --help`, flags);

describe('wrong usage is told in one line', () => {
  it.each([
    ['Nonexistent flag: --qualty', 'Unknown flag --qualty. Did you mean --quality?'],
    ['Nonexistent flag: --nope', 'Unknown flag --nope. See --help.'],
    ['Nonexistent flags: --a, --b', 'Unknown flags --a, --b. See --help.'],
    ['Unexpected argument: extra', 'Unexpected argument: extra. See --help.'],
    ['Flag --output expects a value', '--output needs a value. See --help.'],
    [
      'Missing 1 required arg:\nprefix  Key prefix of the TIFFs; r2:// for all.\n\nNote: --log allows multiple values.',
      'PREFIX is missing: key prefix of the TIFFs; r2:// for all. See --help.',
    ],
    ['Missing 1 required arg:\nkey  Key.', 'KEY is missing: key. See --help.'],
    [
      'Expected --effort=foo to be one of: auto, max, fast',
      '--effort must be auto, max or fast, not foo. See --help.',
    ],
    [
      'Parsing --attempts \n\tExpected an integer less than or equal to 10 but received: 11',
      '--attempts must be at most 10, not 11. See --help.',
    ],
    [
      'Parsing --attempts \n\tExpected an integer but received: abc',
      '--attempts must be an integer, not abc. See --help.',
    ],
    [
      'The following error occurred:\n  --out-dir=b cannot also be provided when using --output',
      '--out-dir cannot be combined with --output. See --help.',
    ],
    [
      'The following error occurred:\n  All of the following must be provided when using --log: --report-to',
      '--log needs --report-to. See --help.',
    ],
    ['Parsing --url \n\tmust contain {task_id}', '--url must contain {task_id}. See --help.'],
  ])('%s', (message, line) => expect(said(message)).toBe(line));
});
