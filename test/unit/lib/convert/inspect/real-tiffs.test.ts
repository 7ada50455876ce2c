import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { tryInspecting } from '../../../../support/inspections.ts';
import { hasSharedTiffs, noSharedTiffs, sharedTiffs } from '../../../../support/shared-tiffs.ts';

const hasExiftool = spawnSync('exiftool', ['-ver']).status === 0;
const whole = sharedTiffs().filter(({ class: kind }) => !kind.startsWith('MAL-'));
/** The collection counts these directories as pages: two smaller versions in each. */
const PYRAMIDS: Readonly<Record<string, number>> = { 'image-tiff__usda_naip_256_webp_z3.tif': 2 };

describe.skipIf(!hasSharedTiffs)(`real TIFFs${hasSharedTiffs ? '' : `: ${noSharedTiffs}`}`, () => {
  it.each(whole)('are as the manifest describes them: $file', async (tiff) => {
    const inspection = await tryInspecting(await readFile(tiff.path));
    const [first] = inspection?.directories ?? [];
    expect([first?.width, first?.height]).toEqual([tiff.width, tiff.height]);
    expect(inspection?.pages).toBe(tiff.pages - (PYRAMIDS[tiff.file] ?? 0));
  });

  it('have nothing that would keep them from being converted, when they are whole', async () => {
    const wrong: string[] = [];
    for (const { path, file, width, height } of whole) {
      const { problems = [] } = (await tryInspecting(await readFile(path))) ?? {};
      const codes = problems.filter(({ severity }) => severity === 'error').map((p) => p.code);
      const expected = Math.max(width, height) > 65_535 ? ['TOO_LARGE_FOR_JPEG'] : [];
      if (`${codes}` !== `${expected}`) wrong.push(`${file}: ${codes}`);
    }
    expect(wrong).toEqual([]);
  });

  it.skipIf(!hasExiftool)(
    'have the texts (of ASCII) and profiles that ExifTool finds',
    async () => {
      const args = [
        '-j',
        '-G1',
        '-charset',
        'utf8',
        '-IFD0:all',
        '-ICC_Profile:ProfileDescription',
      ];
      const { stdout } = spawnSync('exiftool', [...args, ...whole.map(({ path }) => path)], {
        maxBuffer: 2 ** 26,
      });
      const found = JSON.parse(stdout.toString()) as Record<string, unknown>[];
      const differing: string[] = [];
      for (const [index, { path, file }] of whole.entries()) {
        const directory = (await tryInspecting(await readFile(path)))?.directories[0];
        const theirs = found[index] ?? {};
        for (const name of ['Artist', 'Copyright', 'DocumentName', 'Make', 'Model', 'Software']) {
          const entry = directory?.metadata.find((one) => one.name === name);
          const [ours, theirText] = [`${entry?.value ?? ''}`, `${theirs[`IFD0:${name}`] ?? ''}`];
          // What is no ASCII they guess to be of another character set.
          if (/[^ -~]/.test(ours) || ours.trim() === theirText.trim()) continue;
          differing.push(`${file}: ${name} ${ours}, not ${theirText}`);
        }
        const profile = directory?.profile?.description ?? '';
        const theirProfile = `${theirs['ICC_Profile:ProfileDescription'] ?? ''}`;
        if (profile !== theirProfile) differing.push(`${file}: ${profile} ${theirProfile}`);
      }
      expect(differing).toEqual([]);
    },
  );
});
