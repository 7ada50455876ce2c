import { FAULTS, type Faults, groupOf } from '../src/dev/faults.ts';

/** The faults of `arke-tiff dev` as Markdown. */
export function renderDevFaults(): string {
  const rows = (Object.keys(FAULTS) as (keyof Faults)[]).flatMap((of) =>
    Object.entries(groupOf(of).faults).map(
      ([name, { label, happens, promise }]) =>
        `| ${groupOf(of).legend}: ${label} | \`${of}\`: \`${name}\` | ${happens} | ${promise} |`,
    ),
  );
  return [
    '| switch | in the API | what happens | what a worker does ([reliability.md](reliability.md)) |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}
