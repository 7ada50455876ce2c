import { defineConfig } from 'vitest/config';

/** A lane of tests: what lies in its folder. */
const lane = (name: string, globalSetup: readonly string[] = [], isolate = true) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], globalSetup: [...globalSetup], isolate },
});

const program = ['test/support/install-program.ts'];

export default defineConfig({
  test: {
    projects: [
      // No server, no packed program, no browser: seconds. Two processes take all files; no module
      // has state of its own.
      lane('unit', [], false),
      lane('integration', program),
      // Real TIFFs, faults, mutants, memory caps: each file takes most of a minute or more.
      lane('slow', program),
    ],
    globalSetup: ['test/support/install-peers.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    // Real servers and real pictures, perhaps beside other work: a time-out here is a hang, never a
    // slow test.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 300_000 } },
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // What is covered by the program under test, too, is told by test/support/coverage.ts.
      reporter: ['json', 'html'],
    },
  },
});
