import { expect, it } from 'vitest';
import { aboutFile, firstSentence } from '../../../src/cli/format.ts';

it.each([
  ['a.tif', '"a.tif" is damaged.'],
  ['a.tif', '"a.tif (page 2 of 3)" is damaged.'],
  ['in/a.tif', 'Not written: in/a.tif is the source itself.'],
  ['a.tif', 'Not written: b.jpg is the source a.tif itself.'],
  ['a.jpg', 'Could not write a.jpg: no space left on device (ENOSPC).'],
  ['r2://box/a.tif', 'There is no object "box/a.tif".'],
])('a file that a message names is not named again: %s, %s', (name, message) => {
  expect(aboutFile(name, message)).toBe(message);
});

it.each([
  ['a.tif', '"in/a.tif" is damaged.'],
  ['a.tif', 'Not written: in/a.tif exists.'],
  ['a.tif', 'Not written: a.tif.jpg exists.'],
  ['is', 'This is a folder.'],
  ['a.tif', 'Interrupted.'],
])('a file that a message does not name is put before it: %s, %s', (name, message) => {
  expect(aboutFile(name, message)).toBe(`${name}: ${message}`);
});

it.each([
  ['"Dr. A. B.tif" is damaged. Copy it again.', '"Dr. A. B.tif" is damaged'],
  [
    'Could not read a.tif: no such file (ENOENT). Check the path.',
    'Could not read a.tif: no such file (ENOENT)',
  ],
  ['It needs 1.5 MB.', 'It needs 1.5 MB'],
  ['No full stop', 'No full stop'],
])('the first sentence of %s is %s', (message, sentence) => {
  expect(firstSentence(message)).toBe(sentence);
});
