import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { levelTable, readMeasurements } from '../../../bench/scale/measurements.ts';

const page = readFileSync(new URL('../../../docs/performance.md', import.meta.url), 'utf8');
const measured = await readMeasurements();

describe('docs/performance.md, "Many tasks"', () => {
  it('shows the figures of bench/scale.json', () => {
    expect(page, 'Copy the table that "npm run bench:scale" prints.').toContain(
      levelTable(measured.levels),
    );
    expect(page).toContain(measured.machine);
  });
});
