/** A way to show a PNG on a terminal: the text that makes it appear. */
export type PictureText = (png: Buffer) => string;

/**
 * How this process's stdout can show pictures, as its environment tells; undefined where it cannot. The
 * terminals are told by supports-terminal-graphics.
 */
export async function pictureTextForStdout(): Promise<PictureText | undefined> {
  if (!process.stdout.isTTY) return undefined;
  const { default: supports } = await import('supports-terminal-graphics');
  if (supports.stdout.kitty) return kittyPicture;
  return supports.stdout.iterm2 ? iterm2Picture : undefined;
}

/** The most of a picture that one escape code may carry (kitty: "The graphics escape code"). */
const KITTY_CHUNK = 4_096;

/** https://sw.kovidgoyal.net/kitty/graphics-protocol/: a PNG, shown at the cursor, without an answer. */
export function kittyPicture(png: Buffer): string {
  const base64 = png.toString('base64');
  const count = Math.max(1, Math.ceil(base64.length / KITTY_CHUNK));
  return Array.from({ length: count }, (_, i) => {
    const control = i === 0 ? 'f=100,a=T,q=2,' : '';
    const more = i < count - 1 ? 1 : 0;
    return `\u001b_G${control}m=${more};${base64.slice(i * KITTY_CHUNK, (i + 1) * KITTY_CHUNK)}\u001b\\`;
  }).join('');
}

/** https://iterm2.com/documentation-images.html: a file, shown inline at its own size. */
export function iterm2Picture(png: Buffer): string {
  const options = `inline=1;size=${png.length};preserveAspectRatio=1`;
  return `\u001b]1337;File=${options}:${png.toString('base64')}\u0007`;
}
