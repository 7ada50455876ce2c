import { open } from 'node:fs/promises';
import { messageOf } from '../../errors.ts';
import { whatRanOut } from '../ran-out.ts';

/** What is known about a file that a library could not read. */
interface Looked {
  /** The library's error, or the system's. */
  readonly error: unknown;
  /** Undefined if it cannot be opened. */
  readonly fileBytes: number | undefined;
}

/**
 * Opens a file that could not be read, because sharp reports an unsupported format when no more
 * files can be opened.
 */
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
