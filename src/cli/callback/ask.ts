import { createInterface } from 'node:readline/promises';

/**
 * Returns a function that asks the person at the terminal; undefined without a terminal, or if
 * stdout is for programs.
 */
export function askAtTerminal(
  json: boolean,
  signal: AbortSignal,
): ((question: string) => Promise<string>) | undefined {
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    // In raw mode, Ctrl-C sends no signal.
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
