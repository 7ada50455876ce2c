import { expect, it } from 'vitest';
import { nextStep } from '../../../../../src/lib/task/outbox/task-outbox.ts';

const SENDS = '"arke-tiff callback pending" sends it';
const DROPS = /^"arke-tiff callback pending --discard" drops it, as /;
const error = 'x';
const gone = { status: 500, body: '{"error":"Task not found: t"}' };

it.each([
  ['was not answered', { error }, SENDS],
  ['was refused for now', { error, answer: { status: 503, body: '' } }, SENDS],
  ['came too late', { error, answer: gone }, DROPS],
  ['came too late', { error, answer: gone }, /as the orchestrator does not take it any more$/],
  [
    'may have been taken',
    { error, answer: gone, unconfirmed: true },
    /as it was probably taken before$/,
  ],
])('what is to be done with a callback that %s: %j', (_, why, step) => {
  if (typeof step === 'string') expect(nextStep(why)).toBe(step);
  else expect(nextStep(why)).toMatch(step);
});
