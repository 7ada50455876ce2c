/*
 * Terminal control sequences (ECMA-48): operating system commands, which end with BEL or ST; those
 * with numbers; and the short ones. No part of one reaches beyond the next ESC, so one pass is
 * enough: Node's `stripVTControlCharacters` searches the rest of the text for the end of each `ESC
 * ]`.
 */
const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /(?:\u001b\]|\u009d)[^\u0007\u001b\u009c\u009d]*(?:\u0007|\u001b\\|\u009c)|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[ -/]*[0-~]/g;

/** A text without terminal control sequences (colours, links, titles), in linear time. */
export function stripSequences(text: string): string {
  return text.replace(SEQUENCE, '');
}
