import { expect, it } from 'vitest';
import { whatRanOut, withRemedy } from '../../../../src/lib/convert/ran-out.ts';

const DURING = 'It was converting "a.tif" at effort max.';

it('suggests to report a TIFF only where nothing shows that something else ran out', () => {
  const ended = 'The conversion process ended by SIGSEGV.';
  expect(withRemedy(ended, DURING)).toBe(
    `${ended} ${DURING} Try again; if it happens again, report it with the TIFF.`,
  );
  const short = `The conversion process could not continue: ${whatRanOut('spawn EMFILE')}.`;
  expect(withRemedy(short, DURING)).toBe(`${short} ${DURING}`);
});
