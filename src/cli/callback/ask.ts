import { createInterface } from 'node:readline/promises';

/** What asks a person at the terminal; undefined where there is none, or where stdout is for programs. */
export function askAtTerminal(
  json: boolean,
  signal: AbortSignal,
): ((question: string) => Promise<string>) | undefined {
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // Raw mode keeps Ctrl-C from becoming a signal.
    terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      return await terminal.question(question, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      terminal.close();
    }
  };
}
