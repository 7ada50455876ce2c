import { expect, it } from 'vitest';
import { hasFlag } from '../../../src/cli/environment.ts';

it.each([
  [['--quiet'], true],
  [['-q'], true],
  [['-rqf', 'scans'], true],
  // A value beside its letter.
  [['-oseq.jpg'], false],
  [['-o', 'seq.jpg'], false],
  [['--', '-q'], false],
])('%j is quiet: %s', (argv, is) => {
  expect(hasFlag(argv, 'quiet', 'q')).toBe(is);
});
