import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/install-peers.ts', 'test/support/install-program.ts'],
    reporters: ['default', './test/support/closing-line.ts'],
    // Real servers and real pictures on two slow cores: a time-out here is a hang, never a slow test.
    testTimeout: 120_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      // What is covered by the program under test, too, is told by test/support/coverage.ts.
      reporter: ['json', 'html'],
    },
  },
});
