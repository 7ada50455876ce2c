/** What a terminal shows that knows as much of control sequences as the program uses. */
export interface Screen {
  columns: number;
  rows: number;
  write(text: string): void;
  /** Makes it wider or narrower, wrapping lines anew as terminals do. */
  resize(columns: number): void;
  /** The rows that were written to, without blank ones at the end; wrapped lines in several. */
  lines(): string[];
}

/** A row; `wrapped` when the line goes on in the next. */
interface Row {
  text: string;
  wrapped: boolean;
}

/** A terminal of this size. It never scrolls: all that was written can be seen. */
export function screenOf(columns: number, rows: number): Screen {
  let grid: Row[] = [{ text: '', wrapped: false }];
  let row = 0;
  let column = 0;
  const at = (index: number): Row => {
    while (grid.length <= index) grid.push({ text: '', wrapped: false });
    return grid[index] as Row;
  };
  const put = (char: string) => {
    if (column >= screen.columns) {
      at(row).wrapped = true;
      row++;
      column = 0;
    }
    const { text } = at(row);
    at(row).text = text.padEnd(column).slice(0, column) + char + text.slice(column + 1);
    column++;
  };
  const control = (sequence: string) => {
    const [, parameter = '', kind] = /^\p{Cc}\[([?\d;]*)([A-Za-z])$/u.exec(sequence) ?? [];
    if (kind === 'm') return;
    if (kind === 'A') row = Math.max(row - Number(parameter || 1), 0);
    else if (kind === 'G') column = Number(parameter || 1) - 1;
    else if (kind === 'K' && Number(parameter) === 0) at(row).text = at(row).text.slice(0, column);
    else if (kind === 'J') {
      grid = grid.slice(0, row + 1);
      at(row).text = at(row).text.slice(0, column);
      at(row).wrapped = false;
    } else if (!parameter.startsWith('?')) throw new Error(`The screen does not know ${sequence}.`);
  };
  const screen: Screen = {
    columns,
    rows,
    write: (text) => {
      for (const token of text.match(/\p{Cc}\[[?\d;]*[A-Za-z]|[\s\S]/gu) ?? []) {
        if (token.length > 2) control(token);
        else if (token === '\n') {
          row++;
          column = 0;
          at(row);
        } else if (token === '\r') column = 0;
        else put(token);
      }
    },
    resize: (narrower) => {
      const lines: string[] = [];
      let open = false;
      for (const { text, wrapped } of grid) {
        if (open) lines.push((lines.pop() ?? '') + text);
        else lines.push(text);
        open = wrapped;
      }
      grid = lines.flatMap((line) => {
        const parts = line.match(new RegExp(`.{1,${narrower}}`, 'gu')) ?? [''];
        return parts.map((text, index) => ({ text, wrapped: index < parts.length - 1 }));
      });
      row = grid.length - 1;
      column = at(row).text.length;
      screen.columns = narrower;
    },
    lines: () => {
      const texts = grid.map(({ text }) => text.trimEnd());
      while (texts.at(-1) === '') texts.pop();
      return texts;
    },
  };
  return screen;
}
