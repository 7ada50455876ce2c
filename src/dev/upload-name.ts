/** The longest name that is kept, in characters: R2's keys may have 1024 bytes. */
const MOST_LENGTH = 120;

const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Cs}]/gu;

/**
 * The name of a dropped file in its key: without folders of any system and without invisible
 * characters. Never empty, and never a path.
 */
export function uploadName(given: string): string {
  const last = given.split(/[/\\]/).at(-1) ?? '';
  const name = last.replace(UNPRINTABLE, '').trim().slice(-MOST_LENGTH);
  return /^\.*$/.test(name) ? 'image.tif' : name;
}
