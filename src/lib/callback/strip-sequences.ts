/*
 * Control sequences of terminals (ECMA-48): commands to the operating system, which end with BEL or ST; those with
 * numbers; and the short ones. No part of one reaches beyond the next ESC, so that a text is gone through once: Node's
 * `stripVTControlCharacters` looks for the end of each `ESC ]` in all that follows.
 */
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\u009d]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;

/** A text without the control sequences of terminals: colours, links, titles. Takes time in proportion to its length. */
export function stripSequences(text: string): string {
  return text.replace(SEQUENCE, '');
}
