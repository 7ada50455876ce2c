import { expect, it } from 'vitest';
import { createSession } from '../../../src/cli/session.ts';
import { watchStopSignals } from '../../../src/lib/stop.ts';

it('makes what hides secrets once for all lines, when the first is written', () => {
  const stopWatch = watchStopSignals();
  let made = 0;
  const session = createSession({
    stopWatch,
    endWatch: stopWatch.dispose,
    jsonEnabled: () => false,
    redactor: () => {
      made++;
      return (text) => text.replaceAll('secret', '[redacted]');
    },
  });
  stopWatch.dispose();
  expect(made).toBe(0);
  expect([1, 2, 3].map((i) => session.clean(`secret ${i}`))).toEqual([
    '[redacted] 1',
    '[redacted] 2',
    '[redacted] 3',
  ]);
  expect(made).toBe(1);
});
