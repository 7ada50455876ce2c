import { FileError } from '../../errors.ts';
import { FORCED_BY } from '../../local-output.ts';
import { stateOf } from '../file-state.ts';
import { type Recorded, recordedOutput } from './recorded.ts';
import type { Sources } from './sources.ts';

/**
 * Which outputs of a TIFF are there, are known as made of it and untouched since, and may be replaced therefore. Throws
 * `FileError` for one that is there and must not be replaced: a source of the run always, and without
 * `force` whatever is not ours.
 */
export async function replaceableOutputs(
  outputs: readonly string[],
  input: string,
  rules: {
    readonly force: boolean;
    readonly forcedBy?: string | undefined;
    readonly sources: Sources;
    /** Undefined where no record is kept. */
    readonly recorded: Recorded | undefined;
  },
): Promise<ReadonlySet<string>> {
  const ours = new Set<string>();
  for (const output of outputs) {
    const there = await stateOf(output);
    if (!there) continue;
    const source = rules.sources.sourceWith(there.id);
    if (source !== undefined)
      throw new FileError(
        `Not written: ${output} is the source ${source} itself. Choose another output.`,
      );
    if (rules.force) continue;
    if (!rules.recorded || !(await recordedOutput(output, rules.recorded)))
      throw foreignError(output, input, rules);
    ours.add(output);
  }
  return ours;
}

function foreignError(
  output: string,
  input: string,
  {
    recorded,
    forcedBy = FORCED_BY,
  }: { readonly recorded: unknown; readonly forcedBy?: string | undefined },
): FileError {
  const what = recorded
    ? `exists, and is not, or no longer, the JPEG that was made of ${input} here`
    : 'exists';
  return new FileError(
    `Not written: ${output} ${what}. Use ${forcedBy} to replace it, or choose another output.`,
  );
}
