import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { levelTable, readMeasurements } from '../../../bench/scale/measurements.ts';
import { simulateAll, simulationTable } from '../../../bench/simulation/scenarios.ts';

const page = readFileSync(new URL('../../../docs/performance.md', import.meta.url), 'utf8');
const measured = await readMeasurements();

describe('docs/performance.md, "Many tasks"', () => {
  it('shows what bench/scale.json has of this machine', () => {
    expect(page, 'Copy the first table that "npm run bench:scale" prints.').toContain(
      levelTable(measured.levels),
    );
    expect(page).toContain(measured.machine);
  });

  it('shows what the simulation makes of it', () => {
    expect(
      page,
      'Copy the second table of "npm run bench:scale", or "npm run bench:simulate".',
    ).toContain(simulationTable(simulateAll(measured.samples)));
  });

  it('rests on every size, one task at a time', () => {
    const sizes = Map.groupBy(measured.samples, ({ megapixels }) => megapixels);
    expect([...sizes.keys()].sort((a, b) => a - b)).toEqual([1, 6, 24]);
    for (const samples of sizes.values()) expect(samples.length).toBeGreaterThanOrEqual(5);
  });
});
