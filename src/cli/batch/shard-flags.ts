import { engineShard } from '../../lib/batch/engine-shard.ts';
import { MOST_SHARDS, type Shard } from '../../lib/batch/shards.ts';
import { SettingsError } from '../../lib/errors.ts';
import type { Environment } from '../../lib/task/environment.ts';
import { Flags } from '../flag-kinds.ts';

const helpGroup = 'SHARE';

/** The flags that share a batch among processes. */
export const shardFlags = {
  keys: Flags.string({
    summary:
      'Take only the keys in this list: a file, - for stdin, or r2://KEY; one per line or NUL-terminated. PREFIX may then be left out.',
    helpValue: 'FILE',
    helpGroup,
    exclusive: ['report-to'],
  }),
  shard: Flags.string({
    summary:
      'Convert share I of N, from 0 to N-1: each TIFF belongs to exactly one. auto takes both numbers from Cloud Run, AWS Batch or Slurm; auto/N takes I from Kubernetes.',
    helpValue: 'I/N',
    helpGroup,
  }),
};

/**
 * The shard that `--shard` names; undefined without the flag, whatever variables are set. Throws
 * `SettingsError`.
 */
export function shardOfFlag(text: string | undefined, environment: Environment): Shard | undefined {
  if (text === undefined) return undefined;
  const [, share, given] = /^(auto|\d{1,9})(?:\/(\d{1,9}))?$/.exec(text) ?? [];
  const count = given === undefined ? undefined : Number(given);
  const wrong = (problem: string) => new SettingsError([`--shard ${problem}`]);
  if (count !== undefined && (count < 1 || count > MOST_SHARDS))
    throw wrong(`${text}: N must be from 1 to ${MOST_SHARDS}`);
  if (share === 'auto') return engineShard(environment, count);
  if (share === undefined || count === undefined)
    throw wrong(`must be I/N, auto or auto/N, not "${text}"`);
  if (Number(share) >= count)
    throw wrong(`${text}: shards count from 0, so the last is ${count - 1}/${count}`);
  return { index: Number(share), count };
}
