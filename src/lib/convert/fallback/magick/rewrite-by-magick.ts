import type { RewriteJob, Rewritten } from '../rewrite.ts';

/** Stand-in. */
export async function rewriteByMagick(_job: RewriteJob): Promise<Rewritten> {
  throw new Error('not yet');
}
