/**
 * Measures what becomes of every real TIFF in ../shared/tiffs, here, with the contract's snippet
 * and with independent readers, and writes the tables in docs/fidelity.md anew. With `--pictures
 * FOLDER` it also writes a pair of JPEGs for every TIFF that the snippet shows wrongly:
 * `NAME.snippet.jpg` and `NAME.arke-tiff.jpg`.
 *
 *   npm run bench:fidelity [-- --pictures FOLDER]
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openConverter } from '../src/lib/convert/process/converter.ts';
import { withTables } from '../test/slow/fidelity/class-table.ts';
import { type Measured, measure } from '../test/slow/fidelity/measure.ts';
import { reportedTiffs } from '../test/slow/fidelity/reported-tiffs.ts';
import { readerVersions } from '../test/slow/fidelity/versions.ts';
import { contractSnippet } from '../test/support/pixels.ts';
import {
  hasSharedTiffs,
  noSharedTiffs,
  type SharedTiff,
  sharedTiffs,
} from '../test/support/shared-tiffs.ts';
import { inWorkFolder } from './work-folder.ts';

const page = fileURLToPath(new URL('../docs/fidelity.md', import.meta.url));
const { values } = parseArgs({ options: { pictures: { type: 'string' } } });
// npm changes into the project's folder; what was meant is the caller's.
const pictures =
  values.pictures && resolve(process.env['INIT_CWD'] ?? process.cwd(), values.pictures);
if (!hasSharedTiffs) throw new Error(`Nothing to measure: ${noSharedTiffs}.`);

await inWorkFolder('fidelity', async (folder) => {
  const converter = openConverter(folder);
  const measureAll = async (tiffs: readonly SharedTiff[]): Promise<Measured[]> => {
    const measured: Measured[] = [];
    for (const tiff of tiffs) {
      const file = await measure(tiff, { converter, folder });
      measured.push(file);
      console.log(describe(file));
      if (pictures) await keepPair(file, pictures);
    }
    return measured;
  };
  try {
    const shared = await measureAll(sharedTiffs());
    const reported = await measureAll(reportedTiffs());
    const text = await readFile(page, 'utf8');
    await writeFile(page, withTables(text, { shared, reported }, await readerVersions()));
  } finally {
    await converter.close();
  }
});

function describe({ tiff, ours, likeness, verdicts }: Measured): string {
  const { ours: verdict, ...others } = verdicts;
  const us = ours.kind === 'refused' ? ours.error.code : `${verdict} (${likeness?.toFixed(1)} dB)`;
  const them = Object.entries(others).map(([name, word]) => `${name} ${word}`);
  return [tiff.file, tiff.class, us, ...them].join('\t');
}

async function keepPair({ tiff, ours, verdicts }: Measured, folder: string): Promise<void> {
  if (verdicts.snippet !== 'wrong' || ours.kind !== 'picture') return;
  await mkdir(folder, { recursive: true });
  const snippet = await contractSnippet(tiff.path, { chromaSubsampling: '4:4:4' });
  await writeFile(join(folder, `${tiff.file}.snippet.jpg`), snippet);
  await copyFile(ours.jpeg, join(folder, `${tiff.file}.arke-tiff.jpg`));
}
