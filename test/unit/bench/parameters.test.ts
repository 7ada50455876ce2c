import { describe, expect, it } from 'vitest';
import { parameterHelp, readParameters } from '../../../bench/simulation/parameters.ts';
import { assumed } from '../../../bench/simulation/scenarios.ts';

describe("the simulation's command line", () => {
  it('asks for all scenarios when nothing is chosen', () => {
    expect(readParameters([])).toEqual({ json: false, help: false, parameters: undefined });
    expect(readParameters(['--json']).parameters).toBeUndefined();
  });

  it('changes what is chosen and leaves the rest as assumed', () => {
    const { parameters } = readParameters(['--tasks', '5', '--api-rate=10', '--burst', '0']);
    expect(parameters).toEqual({
      ...assumed,
      tasks: 5,
      spawn: { ...assumed.spawn, apiPerSecond: 10 },
      quota: { ...assumed.quota, burstSeconds: 0 },
    });
  });

  it.each([['--tasks=many'], ['--burst=-1'], ['--api-rate=0']])('refuses %s', (argument) => {
    expect(() => readParameters([argument])).toThrow(/takes a number above 0/);
  });

  it('refuses what it does not know', () => {
    expect(() => readParameters(['--taks=5'])).toThrow(/--taks/);
  });

  it('explains each of its options', () => {
    for (const line of parameterHelp().split('\n')) {
      const [, name = ''] = /--(\S+) +\S/.exec(line) ?? [];
      expect(() => readParameters([`--${name}=1`])).not.toThrow();
    }
  });
});
