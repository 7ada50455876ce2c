import type { PagesSetting } from '../../convert/pages.ts';
import type { LikenessBounds } from '../../convert/verify/likeness.ts';
import type { AskedOfJpegs } from '../../convert/verify/settings-of-jpeg.ts';
import type { CollectionRunOptions } from '../options.ts';

/** Options of a run that verifies JPEGs. */
export interface VerifyRunOptions
  extends Pick<
    CollectionRunOptions,
    'budget' | 'jobs' | 'failFast' | 'dryRun' | 'signal' | 'unread' | 'program'
  > {
  readonly pages: PagesSetting;
  readonly bounds: LikenessBounds;
  readonly asked: AskedOfJpegs;
  /** Compares all again, whatever was verified before. */
  readonly force: boolean;
  /** The only file to record in what was verified; default: one beside the JPEGs of each folder. */
  readonly record?: string | undefined;
}
