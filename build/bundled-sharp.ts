import { createRequire } from 'node:module';
import type { Plugin } from 'rolldown';

/** What sharp's files get for what they import. */
const STAND_INS = new Map([
  // From sharp's own place, its native package is found: strict package managers (pnpm) show it to nobody else.
  [
    'node:module',
    `import { createRequire as requireFrom } from 'node:module';
     const sharp = requireFrom(import.meta.url).resolve('sharp');
     export const createRequire = () => requireFrom(sharp);`,
  ],
]);

const MARK = '\0for-sharp:';
const sharp = createRequire(import.meta.url).resolve('sharp');

/**
 * Bundles sharp's JavaScript, but not its native package, which is looked for where sharp is installed:
 * that must be the version that was bundled, so package.json names just one.
 */
export const bundledSharp: Plugin = {
  name: 'bundled-sharp',
  resolveId(id, importer = '') {
    if (importer.startsWith(MARK)) return this.resolve(id, sharp);
    const standsIn = STAND_INS.has(id) && /\/node_modules\/sharp\//.test(importer);
    return standsIn ? `${MARK}${id}` : undefined;
  },
  load: (id) => (id.startsWith(MARK) ? STAND_INS.get(id.slice(MARK.length)) : undefined),
};
