import { open } from 'node:fs/promises';
import { messageOf } from '../../errors.ts';
import { whatRanOut } from '../ran-out.ts';

/** What is known of a file that a library could not read. */
interface Looked {
  /** What the library has failed with, or what the system says. */
  readonly error: unknown;
  /** Undefined where it cannot be opened. */
  readonly fileBytes: number | undefined;
}

/** Opens a file that could not be read: where none can be opened any more, sharp says that its format is not supported. */
export async function lookAgain(error: unknown, path: string): Promise<Looked> {
  try {
    const file = await open(path);
    try {
      return { error, fileBytes: (await file.stat()).size };
    } finally {
      await file.close();
    }
  } catch (reason) {
    const isExhausted = whatRanOut(messageOf(reason)) !== undefined;
    return { error: isExhausted ? reason : error, fileBytes: undefined };
  }
}
