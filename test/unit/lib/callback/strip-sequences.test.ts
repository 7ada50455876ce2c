import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { stripSequences } from '../../../../src/lib/callback/strip-sequences.ts';

it.each([
  ['\u001b[2;36mblue\u001b[0m', 'blue'],
  ['\u001b[38;2;1;2;3mtrue\u001b[m', 'true'],
  ['\u009b31mred\u009b0m', 'red'],
  ['\u001b]8;;https://example.org\u0007link\u001b]8;;\u0007', 'link'],
  ['\u001b]8;;https://example.org\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001b[2K\u001b[1Aline', 'line'],
])('takes %j for what Node.js does', (text, plain) => {
  expect(stripSequences(text)).toBe(plain);
  expect(stripVTControlCharacters(text)).toBe(plain);
});

it('leaves what follows a short one, of which Node.js takes a letter too many', () => {
  expect(stripSequences('\u001b7saved\u001b8')).toBe('saved');
});

it.each([
  ['\u001b]a title that does not end', 'a title that does not end'],
  ['\u001b]\u001b]{"body": 1}', '{"body": 1}'],
  ['\u001b[{"body": 1}', '"body": 1}'],
])('keeps the text behind what does not end: %j', (text, plain) => {
  expect(stripSequences(text)).toBe(plain);
});
