import { describe, expect, it } from 'vitest';
import { iterm2Picture, kittyPicture } from '../../../src/cli/terminal-pictures.ts';
import { distinctBytes } from '../../support/storage.ts';

const png = distinctBytes(10_000);

describe('a picture on a terminal', () => {
  it('goes to kitty in pieces of at most 4096 characters, of which all but the last promise more', () => {
    const codes = kittyPicture(png).replaceAll('\u001b', 'ESC').split('ESC\\').slice(0, -1);
    const parts = codes.map((code) => /^ESC_G([^;]*);(.*)$/.exec(code));
    expect(parts.map((part) => part?.[1])).toEqual(['f=100,a=T,q=2,m=1', 'm=1', 'm=1', 'm=0']);
    for (const part of parts) expect(part?.[2]?.length).toBeLessThanOrEqual(4_096);
    const whole = Buffer.from(parts.map((part) => part?.[2]).join(''), 'base64');
    expect(whole.equals(png)).toBe(true);
  });

  it('goes to kitty at once when it is small', () => {
    expect(kittyPicture(Buffer.from('abc'))).toBe('\u001b_Gf=100,a=T,q=2,m=0;YWJj\u001b\\');
  });

  it('goes to iTerm2 as an inline file of a known size', () => {
    expect(iterm2Picture(Buffer.from('abc'))).toBe(
      '\u001b]1337;File=inline=1;size=3;preserveAspectRatio=1:YWJj\u0007',
    );
  });
});
