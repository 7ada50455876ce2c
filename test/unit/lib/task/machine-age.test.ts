import { describe, expect, it } from 'vitest';
import { msBeforeStart } from '../../../../src/lib/task/machine-age.ts';
import { machineVersion } from '../../../support/machine-version.ts';

describe('what FLY_MACHINE_VERSION tells of a machine’s age', () => {
  it('is in the first ten digits, as in the example of the specification', () => {
    expect(msBeforeStart('01ARZ3NDEKTSV4RRFFQ69G5FAV', 1_469_922_850_259 + 53_000)).toBe(53_000);
  });

  const now = 1_796_000_000_000;
  it.each([
    [0, 0],
    [1, 1],
    [53_000, 53_000],
    [3_600_000, 3_600_000],
    [3_600_001, 0],
    [7_200_000, 0],
    [-1, 0],
    [-60_000, 0],
  ])('%i ms ago is %i ms before the start', (ago, expected) => {
    expect(msBeforeStart(machineVersion(now - ago), now)).toBe(expected);
  });

  const version = machineVersion(now - 53_000);
  it.each([
    ['nothing', undefined],
    ['nothing written', ''],
    ['too short', version.slice(0, -1)],
    ['too long', `${version}0`],
    ['a digit that there is none of', `${version.slice(0, -1)}U`],
    ['more than 48 bits', `8${version.slice(1)}`],
    ['something else', 'deployment-1'],
  ])('is unknown when it is %s', (_, value) => {
    expect(msBeforeStart(value, now)).toBe(0);
  });
});
