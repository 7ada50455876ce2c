import type { LookingTools } from '../collection/item.ts';
import type { BatchRun } from './batch-run.ts';
import type { OpenPage } from './open-pages.ts';

/** Says of each JPEG that does not get the usual key why, and which key it gets. */
export function tellOfKeys(
  input: string,
  pages: readonly OpenPage[],
  { claims }: BatchRun,
  { warn }: Pick<LookingTools, 'warn'>,
): void {
  for (const { request, slot } of pages) {
    const [usual] = request.keys;
    if (slot.key === usual) continue;
    const other = claims.keptFor(usual, input);
    if (other !== undefined)
      warn('NAME_CLASH', `${input} becomes ${slot.key}, because ${usual} is the JPEG of ${other}.`);
    else tellOfTaken(input, slot, warn);
  }
}

/** Says which keys belong to somebody else. */
export function tellOfTaken(
  input: string,
  { key, taken }: { readonly key: string; readonly taken: readonly string[] },
  warn: LookingTools['warn'],
): void {
  for (const one of taken)
    warn(
      'OUTPUT_KEY_TAKEN',
      `${one} was not made from ${input} and is left alone; its JPEG goes to ${key}.`,
    );
}
