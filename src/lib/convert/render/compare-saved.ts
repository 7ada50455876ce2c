import { AREA } from '../verify/areas.ts';
import { type AreaSums, compareByRows } from '../verify/similarity.ts';
import { openSaved, type SavedPicture } from './saved-picture.ts';

/**
 * Compares two saved pictures of the same size, one row of areas at a time, so memory does not
 * depend on their height. Throws what reading throws.
 */
export async function compareSaved(a: string, b: string): Promise<AreaSums> {
  const first = await openSaved(a);
  try {
    const second = await openSaved(b);
    try {
      return await compareOpen(first, second);
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
}

async function compareOpen(a: SavedPicture, b: SavedPicture): Promise<AreaSums> {
  const comparison = compareByRows(a);
  for (let y = 0; y < a.height; y += AREA) {
    const count = Math.min(AREA, a.height - y);
    comparison.add(await a.readRows(y, count), await b.readRows(y, count));
  }
  return comparison.end();
}
