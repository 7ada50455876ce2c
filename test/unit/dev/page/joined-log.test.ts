import { describe, expect, it } from 'vitest';
import { joinedLog } from '../../../../src/dev/page/joined-log.ts';

describe('a log and the lines that arrived while it was loading', () => {
  it.each([
    ['none of which it has', ['a'], ['b', 'c'], ['a', 'b', 'c']],
    ['some of which it has', ['a', 'b', 'c'], ['b', 'c', 'd'], ['a', 'b', 'c', 'd']],
    ['all of which it has', ['a', 'b'], ['a', 'b'], ['a', 'b']],
    ['that repeat what it begins with', ['a', 'b'], ['a'], ['a', 'b', 'a']],
    ['of which there were none', ['a'], [], ['a']],
    ['when it is empty', [], ['a'], ['a']],
  ])('%s', (_, log, lines, joined) => {
    expect(joinedLog(log, lines)).toEqual(joined);
  });
});
