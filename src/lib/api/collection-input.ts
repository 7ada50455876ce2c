import * as v from 'valibot';
import { optionProblems, shown, text } from '../check-options.ts';

/** A TIFF of a collection, and the path of the JPEG of its first or only page. */
export interface CollectionInput {
  readonly input: string;
  /** Default: the name it gets if `input` is given alone. */
  readonly output?: string | undefined;
}

const collectionInput = v.strictObject({ input: text, output: v.optional(text) });

/** What is wrong with a list of inputs. */
export function inputProblems(inputs: unknown): string[] {
  if (!Array.isArray(inputs)) return ['inputs must be a list of paths'];
  return inputs.flatMap((one: unknown, index) => {
    const input = typeof one === 'string' ? { input: one } : one;
    if (typeof input !== 'object' || input === null)
      return [
        `inputs[${index}] must be a path, or an object with a path as its input, not ${shown(input)}`,
      ];
    return optionProblems(collectionInput, input).map((problem) => `inputs[${index}].${problem}`);
  });
}
