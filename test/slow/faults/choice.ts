import type { Cell } from './cell.ts';

/** Whether all cells are run (`npm run test:faults`), or those that CI has time for. */
export const everyCell = process.env['ARKE_TEST_FAULTS'] === 'all';

/**
 * The cells that are run: all of them, or a choice that has each fault once, each kind of fault at
 * each stage, and each stage and each kind of fault as often as it may happen (once, twice, for
 * good).
 */
export function chosen(cells: readonly Cell[], all = everyCell): readonly Cell[] {
  if (all) return cells;
  const open = new Set(cells.flatMap(pairsOf));
  const choice: Cell[] = [];
  while (open.size > 0) {
    const gain = (cell: Cell) => pairsOf(cell).filter((pair) => open.has(pair)).length;
    const best = cells.reduce((a, b) => (gain(b) > gain(a) ? b : a));
    for (const pair of pairsOf(best)) open.delete(pair);
    choice.push(best);
  }
  return cells.filter((cell) => choice.includes(cell));
}

function pairsOf({ stage, fault, kind, times }: Cell): string[] {
  return [`${stage} × ${kind}`, `${stage} × ${times}`, `${kind} × ${times}`, fault];
}
