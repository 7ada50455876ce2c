import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deliveredKey,
  isAmongInputs,
  outboxPrefix,
  outboxPrefixProblem,
  pendingKey,
  pendingPrefix,
} from '../../../../../src/lib/task/outbox/keys.ts';

const id = fc.oneof(fc.string({ unit: 'binary', minLength: 1 }), fc.constantFrom('.', '..', 'a/b'));
const outcome = fc.record({
  batch_id: id,
  task_id: id,
  status: fc.constantFrom('success' as const, 'error' as const),
});

describe('the key of an entry', () => {
  it('is under the prefix, in the folder of its task, whatever its ids are', () => {
    fc.assert(
      fc.property(outcome, (one) => {
        const key = pendingKey('/out/box/', one);
        expect(key).toMatch(/^out\/box\/pending\/[^/]+\/[^/]+\/msg_[\w-]{27}\.json$/);
        expect(key.startsWith(pendingPrefix('out/box'))).toBe(true);
        expect(key).toMatch(/^[!-~]+$/);
        expect(key).not.toMatch(/\/\.\.?\//);
        expect(Buffer.byteLength(key)).toBeLessThan(1024);
        expect(deliveredKey('out/box', one)).toBe(key.replace('/pending/', '/delivered/'));
      }),
    );
  });

  it('differs for another outcome', () => {
    fc.assert(
      fc.property(outcome, outcome, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(pendingKey('p', a)).not.toBe(pendingKey('p', b));
      }),
    );
  });

  it('is short enough for overlong ids', () => {
    const long = {
      batch_id: 'b'.repeat(5000),
      task_id: '€'.repeat(5000),
      status: 'error',
    } as const;
    expect(pendingKey('p'.repeat(400), long).length).toBeLessThan(1024);
    expect(pendingKey('p', long)).not.toBe(
      pendingKey('p', { ...long, task_id: `${long.task_id}€` }),
    );
  });
});

describe('the prefix of an outbox', () => {
  it.each(['outbox', 'out/box/', '/outbox', 'a-b_c.d', 'with space'])('may be %j', (prefix) => {
    expect(outboxPrefixProblem(prefix)).toBeUndefined();
    expect(outboxPrefix(prefix)).not.toMatch(/^\/|\/$/);
  });

  it.each(['/', '//', 'a//b', '..', 'a/../b', './a', 'ü', 'a\nb', 'p'.repeat(401)])(
    'may not be %j',
    (prefix) => {
      expect(outboxPrefixProblem(prefix)).toMatch(/^must /);
    },
  );

  it.each([
    ['staging/batch_1', 'staging/batch_1/a.tif', true],
    ['staging/batch_1/outbox', 'staging/batch_1/a.tif', true],
    ['/staging/batch_1/outbox/', 'staging/batch_1/folder/deep/a.tif', true],
    ['scans/outbox', 'scans/a.tif', true],
    ['scans', 'scans/a.tif', true],
    ['staging/outbox', 'staging/batch_1/a.tif', false],
    ['staging/batch_10', 'staging/batch_1/a.tif', false],
    ['outbox', 'staging/batch_1/a.tif', false],
    ['staging', 'staging/batch_1/a.tif', false],
    ['outbox', 'a.tif', false],
  ])('%s, for a task on %s: among the TIFFs: %s', (prefix, key, among) => {
    expect(isAmongInputs(prefix, key, 'batch_1')).toBe(among);
  });
});
