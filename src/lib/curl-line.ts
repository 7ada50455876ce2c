import { quote } from './quote.ts';

/**
 * A line for any POSIX shell that sends the same request. A body with line ends, tabs or other
 * control characters goes through printf: in the line itself they would not survive a terminal or
 * clipboard.
 */
export function curlLine(url: string, headers: Record<string, string>, body: string): string {
  const options = Object.entries(headers).map(
    ([name, value]) => `-H ${quote(`${name}: ${value}`)}`,
  );
  const start = ['curl -i -X POST', ...options];
  if (!UNPRINTABLE.test(body)) return [...start, '--data-raw', quote(body), quote(url)].join(' ');
  return `printf ${quote(printfFormat(body))} | ${[...start, '--data-binary @-', quote(url)].join(' ')}`;
}

// Characters that `escapeControls` changes.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** The printf format for a text: unprintable characters as octal escapes. */
function printfFormat(text: string): string {
  const octal = (byte: number) => `\\${byte.toString(8).padStart(3, '0')}`;
  return [...text]
    .map((char) => {
      if (char === '%') return '%%';
      if (char === '\\') return '\\\\';
      return UNPRINTABLE.test(char)
        ? [...new TextEncoder().encode(char)].map(octal).join('')
        : char;
    })
    .join('');
}
