import { describe, expect, it } from 'vitest';
import { shardOfFlag } from '../../../../src/cli/batch/shard-flags.ts';

const slurm = (rest: Record<string, string>) => ({
  SLURM_ARRAY_TASK_ID: '3',
  SLURM_ARRAY_TASK_MIN: '1',
  SLURM_ARRAY_TASK_MAX: '4',
  SLURM_ARRAY_TASK_COUNT: '4',
  SLURM_ARRAY_TASK_STEP: '1',
  ...rest,
});
const cloudRun = { CLOUD_RUN_TASK_INDEX: '2', CLOUD_RUN_TASK_COUNT: '5' };
const awsBatch = { AWS_BATCH_JOB_ARRAY_INDEX: '0', AWS_BATCH_JOB_ARRAY_SIZE: '3' };
const kubernetes = { JOB_COMPLETION_INDEX: '7' };

describe('--shard', () => {
  it.each([
    ['0/1', 0, 1],
    ['7/8', 7, 8],
    ['9999/10000', 9_999, 10_000],
  ])('%s names a shard', (text, index, count) => {
    expect(shardOfFlag(text, kubernetes)).toEqual({ index, count });
  });

  it('is not given by the variables of an engine alone', () => {
    expect(shardOfFlag(undefined, cloudRun)).toBeUndefined();
  });

  it.each([
    ['8/8', 'shards count from 0, so the last is 7/8'],
    ['0/0', 'N must be from 1 to 10000'],
    ['0/10001', 'N must be from 1 to 10000'],
    ['3', 'must be I/N, auto or auto/N, not "3"'],
    ['-1/3', 'must be I/N'],
    ['auto8', 'must be I/N'],
    ['', 'must be I/N'],
  ])('%j is refused', (text, message) => {
    expect(() => shardOfFlag(text, {})).toThrow(message);
  });
});

describe('--shard auto', () => {
  it.each([
    ['Cloud Run', 'auto', cloudRun, 2, 5],
    ['AWS Batch', 'auto', awsBatch, 0, 3],
    ['Slurm, which may count from any number', 'auto', slurm({}), 2, 4],
    ['Kubernetes, with the number of pods', 'auto/8', kubernetes, 7, 8],
    ['Cloud Run, with the number that it knows too', 'auto/5', cloudRun, 2, 5],
  ])('takes both numbers from %s', (_, text, variables, index, count) => {
    expect(shardOfFlag(text, variables)).toEqual({ index, count });
  });

  it.each([
    ['no engine', 'auto', {}, 'no engine has set its number: JOB_COMPLETION_INDEX (Kubernetes)'],
    ['blanks', 'auto', { CLOUD_RUN_TASK_INDEX: ' ' }, 'no engine has set its number'],
    ['Kubernetes alone', 'auto', kubernetes, 'use --shard auto/N'],
    ['a missing count', 'auto', { CLOUD_RUN_TASK_INDEX: '1' }, 'has not set CLOUD_RUN_TASK_COUNT'],
    ['a missing index', 'auto', { CLOUD_RUN_TASK_COUNT: '1' }, 'has not set CLOUD_RUN_TASK_INDEX'],
    ['two engines', 'auto', { ...cloudRun, ...awsBatch }, 'Cloud Run and AWS Batch have both set'],
    ['another count', 'auto/6', cloudRun, 'CLOUD_RUN_TASK_COUNT is 5, and --shard says 6'],
    ['no number', 'auto', { ...cloudRun, CLOUD_RUN_TASK_INDEX: 'x' }, 'is "x", which is no whole'],
    ['an index past the end', 'auto/7', kubernetes, 'is 7, and there are 7 shards'],
    ['no copies', 'auto', { ...awsBatch, AWS_BATCH_JOB_ARRAY_SIZE: '0' }, 'must be from 1 to'],
    ['a Slurm array with a step', 'auto', slurm({ SLURM_ARRAY_TASK_STEP: '2' }), 'have gaps'],
    ['a Slurm array with gaps', 'auto', slurm({ SLURM_ARRAY_TASK_MAX: '9' }), 'have gaps'],
  ])('refuses %s', (_, text, variables, message) => {
    expect(() => shardOfFlag(text, variables)).toThrow(message);
  });
});
