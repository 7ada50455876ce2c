import type { Reporter, TestModule } from 'vitest/node';

/** Ends a run with one plain line of counts, for logs that are read by machines. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((t) => t.result().state),
    );
    const count = (state: string) => states.filter((s) => s === state).length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    // After the other reporters' summaries.
    process.on('exit', () =>
      console.log(
        `Tests: ${count('passed')} passed, ${count('failed') + broken} failed, ${count('skipped')} skipped`,
      ),
    );
  }
}
